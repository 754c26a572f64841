-- migrate:up

-- What makes the ids of `/v1/public/requests.csv`: whoever lacks it can't tell whose case an id is
-- of. It lies beside the generations, so a rebuild gives the same ids.
create table case_id_key (
    only_row boolean primary key default true check (only_row),
    key      bytea not null check (length(key) = 32)
);

insert into case_id_key (key)
values (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));

grant select on case_id_key to janji_app;

-- migrate:down

drop table case_id_key;
