-- Which master key a log is under, and the keys that were derived for it.

-- migrate:up

-- The newest is the one in force. A key that was retired never comes back.
create table master_keys (
    number      bigint      primary key generated always as identity,
    check_value bytea       not null unique check (octet_length(check_value) = 16),
    begun_at    timestamptz not null default clock_timestamp(),
    finished_at timestamptz -- when nothing was left under an earlier one
);

comment on column master_keys.check_value is 'an HMAC by the key: it tells keys apart, and opens nothing';

-- Tracking secrets, command keys and the numbers of imported cases are made with these, so they
-- outlive the master key that they were derived from. The number in a name is its version.
create table derived_keys (
    name        text  primary key check (name ~ '^[a-z]+-[1-9]$'),
    wrapped_key bytea not null check (octet_length(wrapped_key) between 1 and 255)
);

grant select on master_keys, derived_keys to janji_app;

-- The first master key and what was derived from it, once for all; a later one is the owner's to
-- bring (`janji keys rotate`).
create function begin_master_key_v1(check_value bytea, names text[], wrapped_keys bytea[])
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
    lock table public.master_keys in exclusive mode;
    if not exists (select from public.master_keys) then
        insert into public.master_keys (check_value, finished_at)
        values (begin_master_key_v1.check_value, clock_timestamp());
        insert into public.derived_keys (name, wrapped_key)
        select * from unnest(names, wrapped_keys);
    end if;
end
$$;

revoke execute on function begin_master_key_v1(bytea, text[], bytea[]) from public;
grant execute on function begin_master_key_v1(bytea, text[], bytea[]) to janji_app;

-- migrate:down
drop function begin_master_key_v1(bytea, text[], bytea[]);
drop table derived_keys;
drop table master_keys;
