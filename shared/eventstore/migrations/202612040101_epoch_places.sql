-- A log that has moved opens the next epoch by itself.

-- migrate:up

-- A dump that is restored comes into another server, another database or another table; recovery to
-- a point in time and the promotion of a replica begin another timeline. A copy of the whole machine
-- changes none of them.
alter table epochs add column place text;

comment on column epochs.place is
    'system identifier, oids of database and table, and timeline that write this epoch; null: nothing yet';

create function place_v1() returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select concat_ws(
        '/',
        (select system_identifier from pg_control_system()),
        (select oid from pg_database where datname = current_database()),
        to_regclass('public.stored_events')::oid,
        left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)
    )
$$;

-- The epoch in which the next event will be written. Every connection that appends, publishes or
-- serves the log asks for it first.
--
-- A log without events gave no id away, so its first place opens nothing. A log with events and
-- without a place is of an earlier release, and may have moved: an epoch too many harms nobody.
create function settled_epoch_v1() returns uuid
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
    here   text;
    newest record;
begin
    -- pg_restore makes the keys of tables when their rows are there, and grants rights last.
    if (
        select count(*) from pg_index
        where indrelid in (to_regclass('public.stored_events'), to_regclass('public.epochs'))
            and indisprimary
    ) < 2 then
        raise exception 'the log is being restored' using errcode = 'cannot_connect_now';
    end if;

    -- append_events_v2 compares this with the table that it writes to.
    perform set_config('janji.settled', to_regclass('public.stored_events')::oid::text, false);
    select id, place into newest from public.epochs order by number desc limit 1;
    if pg_is_in_recovery() then
        return newest.id; -- a replica writes nothing
    end if;
    here := public.place_v1();
    if newest.place = here then
        return newest.id;
    end if;

    -- The lock of append_events_v1: no event comes between the head and the epoch after it.
    perform pg_advisory_xact_lock(5786073428119874121);
    select number, id, place into newest from public.epochs order by number desc limit 1;
    if newest.place = here then
        return newest.id;
    end if;
    if newest.place is null and not exists (select from public.stored_events) then
        update public.epochs set place = here where number = newest.number;
        return newest.id;
    end if;
    return public.open_epoch_v1();
end
$$;

revoke execute on function place_v1(), settled_epoch_v1() from public;
grant execute on function settled_epoch_v1() to janji_app;

create or replace function open_epoch_v1() returns uuid
language plpgsql volatile
set search_path = pg_catalog, public, pg_temp
as $$
declare
    opened uuid;
begin
    perform pg_advisory_xact_lock(5786073428119874121);
    insert into public.epochs (first_position, place)
    select coalesce(max(notification_id), 0) + 1, public.place_v1() from public.stored_events
    returning id into opened;
    return opened;
end
$$;

-- Erase these streams again, as the register outside this database has them; answers how many were
-- not erased here. A stream is known by its first event's hash: after a restore its number may have
-- been given to somebody else.
create function erase_registered_v1(originator_ids uuid[], first_hashes bytea[]) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
    erased bigint;
begin
    perform pg_advisory_xact_lock(5786073428119874121);
    insert into public.erasures (originator_id, erased_at)
    select r.originator_id, clock_timestamp()
    from unnest(originator_ids, first_hashes) as r (originator_id, first_hash)
    where r.first_hash = (
        select e.hash
        from public.stored_events e
        where e.originator_id = r.originator_id
        order by e.originator_version
        limit 1
    )
    on conflict do nothing;
    get diagnostics erased = row_count;
    perform public.erase_again_v1();
    return erased;
end
$$;

revoke execute on function erase_registered_v1(uuid[], bytea[]) from public;
grant execute on function erase_registered_v1(uuid[], bytea[]) to janji_app;

-- migrate:down
drop function erase_registered_v1(uuid[], bytea[]);
drop function settled_epoch_v1();
create or replace function open_epoch_v1() returns uuid
language plpgsql volatile
set search_path = pg_catalog, public, pg_temp
as $$
declare
    opened uuid;
begin
    perform pg_advisory_xact_lock(5786073428119874121);
    insert into public.epochs (first_position)
    select coalesce(max(notification_id), 0) + 1 from public.stored_events
    returning id into opened;
    return opened;
end
$$;
drop function place_v1();
alter table epochs drop column place;
