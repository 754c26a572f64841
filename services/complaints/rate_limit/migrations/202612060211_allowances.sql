-- What strangers have sent, counted for all replicas together.

-- migrate:up

-- A row says when its allowance is whole again; one that is whole has no need of a row. Unlogged:
-- a crash forgives what was sent before it, and no complaint waits for the disk.
create unlogged table allowances (
    name    bytea       primary key, -- a keyed hash: no address can be read from it
    full_at timestamptz not null
);

create index allowances_full_at_idx on allowances (full_at);

-- Take one from each allowance that a request needs, or from none: the generic cell rate algorithm.
--
-- The five are, in this order: household, network, everybody, share, shares. It needs the first
-- two, and either the third or the last two. Out: the seconds until it may be taken (0: it was
-- taken), and whether only the household has to wait. Rows are locked level by level, so no two
-- calls wait for each other.
create function take_allowance_v1(
    names         bytea[],
    bursts        int[],
    every_seconds float8[],
    out wait_seconds float8,
    out is_household boolean
)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
    instant timestamptz;
    waits   float8[] := '{}';
    taken   int[] := '{1,2,3}';
begin
    for i in 1..5 loop
        insert into public.allowances (name, full_at)
        values (names[i], clock_timestamp())
        on conflict do nothing;
        select full_at into instant from public.allowances where name = names[i] for update;
        instant := greatest(instant, clock_timestamp());
        waits[i] := extract(epoch from instant - clock_timestamp())
            - (bursts[i] - 1) * every_seconds[i];
    end loop;
    wait_seconds := greatest(waits[1], waits[2], least(waits[3], greatest(waits[4], waits[5])), 0);
    is_household := waits[1] >= wait_seconds;
    if wait_seconds > 0 then
        return;
    end if;
    if waits[3] > 0 then
        taken := '{1,2,4,5}';
    end if;
    insert into public.allowances as known (name, full_at)
    select names[i], clock_timestamp() + make_interval(secs => every_seconds[i])
    from unnest(taken) as i
    on conflict (name) do update
    set full_at = greatest(known.full_at, clock_timestamp())
        + (excluded.full_at - clock_timestamp());
    delete from public.allowances
    where name in (
        select name from public.allowances
        where full_at < clock_timestamp() - interval '1 minute'
        order by full_at
        limit 20
        for update skip locked
    );
end
$$;

revoke execute on function take_allowance_v1(bytea[], int[], float8[]) from public;
grant execute on function take_allowance_v1(bytea[], int[], float8[]) to janji_app;

-- migrate:down
drop function take_allowance_v1(bytea[], int[], float8[]);
drop table allowances;
