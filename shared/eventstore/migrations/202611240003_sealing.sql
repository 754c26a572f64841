-- The keys that seal personal data, one an originator, and the marks of those that were erased.
-- Deleting the key is the erasure: the events stay, and what was sealed in them is noise.

-- migrate:up
create table sealing_keys (
    originator_id uuid  primary key,
    wrapped_key   bytea not null check (octet_length(wrapped_key) between 1 and 255)
);

comment on column sealing_keys.wrapped_key is 'encrypted by the master key, which no database knows';

-- A mark stays for ever: append_events gives no key to an originator that has one, and
-- erase_again takes away what a restore brought back.
create table erasures (
    originator_id uuid        primary key,
    erased_at     timestamptz not null
);

grant select on sealing_keys, erasures to janji_app;

-- Delete the keys of everything marked as erased; answers how many had come back.
create function erase_again_v1() returns bigint
language sql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
    with returned as (
        delete from public.sealing_keys k
        using public.erasures e
        where k.originator_id = e.originator_id
        returning 1
    )
    select count(*) from returned
$$;

revoke execute on function erase_again_v1() from public;
grant execute on function erase_again_v1() to janji_app;

-- Who read whose personal data, and when.
create table personal_data_readings (
    at            timestamptz not null,
    sub           text        not null check (octet_length(sub) between 1 and 255),
    originator_id uuid        not null
);

create index personal_data_readings_originator_id_idx
    on personal_data_readings (originator_id, at);

grant select on personal_data_readings to janji_app;

create function record_reading_v1(originator_id uuid, sub text) returns void
language sql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
    insert into public.personal_data_readings (at, sub, originator_id)
    values (clock_timestamp(), record_reading_v1.sub, record_reading_v1.originator_id)
$$;

revoke execute on function record_reading_v1(uuid, text) from public;
grant execute on function record_reading_v1(uuid, text) to janji_app;

-- migrate:down
drop function record_reading_v1(uuid, text);
drop table personal_data_readings;
drop function erase_again_v1();
drop table erasures;
drop table sealing_keys;
