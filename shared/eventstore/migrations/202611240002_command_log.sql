-- What became of each command, by its idempotency key. Written in the transaction of the events,
-- so that a command's key is here exactly when its events are.

-- migrate:up
create table command_log (
    key            text        primary key check (octet_length(key) between 1 and 255),
    request_hash   bytea       not null check (octet_length(request_hash) <= 64),
    first_position bigint      not null,
    last_position  bigint      not null check (last_position >= first_position),
    at             timestamptz not null
);

create index command_log_at_idx on command_log (at);

comment on column command_log.request_hash is 'an HMAC of the request, never the request: bodies hold personal data';

grant select on command_log to janji_app;

-- Forget keys older than 30 days, at most `at_most` a call; answers how many went.
--
-- Forgetting is harmless: a key is needed for as long as a caller might repeat a command whose
-- answer was lost, which is minutes, and 30 days outlast every retry and every long weekend. A
-- later repeat is decided again: the aggregate's rules and the version check
-- stand without the key. The bound keeps the delete short, whatever piled up; the 30 days stand
-- in here, so that no caller can forget sooner.
create function forget_commands_v1(at_most integer) returns bigint
language sql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
    with forgotten as (
        delete from public.command_log
        where key in (
            select key from public.command_log
            where at < clock_timestamp() - interval '30 days'
            order by at
            limit at_most
            for update skip locked
        )
        returning 1
    )
    select count(*) from forgotten
$$;

revoke execute on function forget_commands_v1(integer) from public;
grant execute on function forget_commands_v1(integer) to janji_app;

-- migrate:down
drop function forget_commands_v1(integer);
drop table command_log;
