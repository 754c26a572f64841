-- How far the relay has published, and who may say so: one row, one writer at a time.

-- migrate:up
create table relay_position (
    is_only_row boolean     primary key default true check (is_only_row),
    term        bigint      not null default 0 check (term >= 0),
    position    bigint      not null default 0 check (position >= 0),
    moved_at    timestamptz not null default clock_timestamp()
)
-- Updated several times a second in one place: room for the new version in the same page (HOT).
with (fillfactor = 10);

comment on column relay_position.term is 'raised by each takeover; only the relay of this term may move the position';
comment on column relay_position.position is 'every event up to here was confirmed by the broker';

insert into relay_position default values;

grant select, update on relay_position to janji_app;

-- migrate:down
drop table relay_position;
