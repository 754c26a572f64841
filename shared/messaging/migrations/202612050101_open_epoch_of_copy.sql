-- An epoch for a log that was moved back with its whole machine, which changes no mark of its place.

-- migrate:up
-- It begins at the first event that wasn't published since: another event may have been published
-- under that event's id. The owner calls it, once.
create function open_epoch_of_copy_v1() returns uuid
language plpgsql volatile
set search_path = pg_catalog, public, pg_temp
as $$
declare
    opened uuid;
begin
    perform pg_advisory_xact_lock(5786073428119874121); -- of append_events_v2
    insert into public.epochs (first_position, place)
    select p.position + 1, public.place_v1() from public.relay_position p
    returning id into opened;
    return opened;
end
$$;

revoke execute on function open_epoch_of_copy_v1() from public;

-- migrate:down
drop function open_epoch_of_copy_v1();
