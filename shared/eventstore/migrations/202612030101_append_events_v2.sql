-- No stamp of the log runs ahead of both the database's clock and its caller's.

-- migrate:up

-- The instant to stamp with: the database's clock, unless it runs far ahead of the caller's.
--
-- In: caller_at, what the caller's clock shows; null: it has none to compare with.
-- Half a day, because a smaller difference may as well be a caller whose clock is behind (by its
-- time zone, for instance), and then the database is right. What is stamped in between is stamped
-- half a day ahead at most; a stamp of next month would hold all later ones there.
create function append_clock_v1(caller_at timestamptz) returns timestamptz
language sql volatile
set search_path = pg_catalog, public, pg_temp
as $$
    select case when clock > caller_at + interval '12 hours' then caller_at else clock end
    from clock_timestamp() as clock
$$;

revoke execute on function append_clock_v1(timestamptz) from public;

-- As append_events_v1, and stamps with append_clock_v1.
create function append_events_v2(
    keys           text[],
    request_hashes bytea[],
    originator_ids uuid[],
    first_versions bigint[],
    event_counts   integer[],
    traces         text[],
    wrapped_keys   bytea[],    -- a new sealing key for the originator, or null; null: all null
    erasing        boolean[],  -- true: delete its sealing key, for ever; null: all false
    topics         text[],
    states         bytea[],
    caller_at      timestamptz
)
returns table (
    outcome        text,
    originator_id  uuid,
    version        bigint,
    first_position bigint,
    last_position  bigint,
    recorded_at    timestamptz
)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
-- Plans are made while the tables are small and kept while they grow; a sequential scan that is
-- kept costs a factor of four by 30,000 events. Every lookup here has its index, so a scan is
-- never right, and one plan is right for all calls.
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
    command    record;
    head       bigint;              -- position of the last event so far, and its hash
    head_hash  bytea;
    old_head   bigint;
    this_time  timestamptz;
    seen       integer := 0;        -- how many events of topics and states were gone over
    -- The commands that go in, one element each: ordinal, first position.
    accepted   integer[] := '{}';
    firsts     bigint[] := '{}';
    -- The events that go in, one element each: ordinal of the command, version, subscript in
    -- topics and states, hash.
    of_command integer[] := '{}';
    numbers    bigint[] := '{}';
    elements   integer[] := '{}';
    hashes     bytea[] := '{}';
begin
    -- Another level would look up keys and versions in a snapshot older than the lock.
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'append_events needs read committed, not %',
            current_setting('transaction_isolation');
    end if;

    -- The lock is a statement of its own, before every read: at read committed each statement
    -- that follows sees all that was committed before the lock was ours. It is held to the end
    -- of the transaction, so that numbers are given in commit order, and a reader who has seen N
    -- never finds a smaller one later. (One log a database: advisory locks are the database's.)
    perform pg_advisory_xact_lock(5786073428119874121);

    -- The table that the session has settled on (settled_epoch_v1) was dropped by a restore.
    if current_setting('janji.settled', true) <> to_regclass('public.stored_events')::oid::text then
        raise exception 'the log was restored under this session' using errcode = 'admin_shutdown';
    end if;

    this_time := append_clock_v1(caller_at);
    select e.notification_id, e.hash, greatest(this_time, e.recorded_at)
    into head, head_hash, this_time
    from public.stored_events e
    order by e.notification_id desc
    limit 1;
    if not found then
        head := 0;
        head_hash := decode(repeat('00', 32), 'hex');
        this_time := append_clock_v1(caller_at);
    end if;
    old_head := head;

    for command in
        select
            c.ordinal::integer, c.originator_id, c.first_version, c.event_count,
            l.first_position, l.last_position,
            l.request_hash = c.request_hash as is_same_request,
            -- As a scalar subquery this stays on the primary key whatever the planner believes.
            (
                select e.originator_version
                from public.stored_events e
                where e.originator_id = c.originator_id
                order by e.originator_version desc
                limit 1
            ) as last_version
        from unnest(keys, request_hashes, originator_ids, first_versions, event_counts)
            with ordinality
            as c (key, request_hash, originator_id, first_version, event_count, ordinal)
        left join public.command_log l on l.key = c.key
        order by c.ordinal
    loop
        originator_id := command.originator_id;
        version := command.last_version;
        first_position := command.first_position;
        last_position := command.last_position;
        recorded_at := this_time;

        if command.is_same_request then
            outcome := 'replayed';
            select e.originator_id, e.originator_version, e.recorded_at
            into originator_id, version, recorded_at
            from public.stored_events e
            where e.notification_id = command.last_position;
        elsif command.last_position is not null then
            outcome := 'key_reused';
        -- A stream starts with 1, or with 0 as the library's own suites count.
        elsif command.first_version = command.last_version + 1
            or command.last_version is null and command.first_version in (0, 1)
        then
            outcome := 'appended';
            version := command.first_version + command.event_count - 1;
            first_position := head + 1;
            last_position := head + command.event_count;
            for i in 1 .. command.event_count loop
                head := head + 1;
                head_hash := sha256(
                    head_hash
                    || int8send(head)
                    || uuid_send(originator_id)
                    || int8send(command.first_version + i - 1)
                    || timestamptz_send(this_time)
                    || int4send(octet_length(topics[seen + i]))
                    || convert_to(topics[seen + i], 'UTF8')
                    || states[seen + i]
                );
                of_command := of_command || command.ordinal;
                numbers := numbers || command.first_version + i - 1;
                elements := elements || seen + i;
                hashes := hashes || head_hash;
            end loop;
            accepted := accepted || command.ordinal;
            firsts := firsts || first_position;
        else
            outcome := 'conflict';
        end if;
        seen := seen + command.event_count;
        return next;
    end loop;

    if head = old_head then
        return;
    end if;

    insert into public.stored_events (
        originator_id, originator_version, topic, state,
        notification_id, recorded_at, hash, trace
    )
    select originator_ids[e.command], e.number, topics[e.element], states[e.element],
        old_head + e.ordinal, this_time, e.hash, traces[e.command]
    from unnest(of_command, numbers, elements, hashes)
        with ordinality as e (command, number, element, hash, ordinal);

    insert into public.command_log (key, request_hash, first_position, last_position, at)
    select keys[a.command], request_hashes[a.command],
        a.first, a.first + event_counts[a.command] - 1, this_time
    from unnest(accepted, firsts) as a (command, first);

    if wrapped_keys is not null then
        insert into public.sealing_keys (originator_id, wrapped_key)
        select originator_ids[a.command], wrapped_keys[a.command]
        from unnest(accepted) as a (command)
        where wrapped_keys[a.command] is not null
            and not exists (
                select from public.erasures x where x.originator_id = originator_ids[a.command]
            );
    end if;

    if erasing is not null then
        insert into public.erasures (originator_id, erased_at)
        select originator_ids[a.command], this_time
        from unnest(accepted) as a (command)
        where erasing[a.command]
        on conflict do nothing;

        delete from public.sealing_keys k
        using unnest(accepted) as a (command)
        where erasing[a.command] and k.originator_id = originator_ids[a.command];
    end if;

    -- Once a call, with the head as a hint. The channel bears the table's name: the library's
    -- own subscriptions listen there too.
    perform pg_notify('stored_events', head::text);
end
$$;

revoke execute on function append_events_v2(
    text[], bytea[], uuid[], bigint[], integer[], text[], bytea[], boolean[], text[], bytea[],
    timestamptz
) from public;
grant execute on function append_events_v2(
    text[], bytea[], uuid[], bigint[], integer[], text[], bytea[], boolean[], text[], bytea[],
    timestamptz
) to janji_app;

-- As append_claiming_events_v1, on append_events_v2.
create function append_claiming_events_v2(
    keys           text[],
    request_hashes bytea[],
    originator_ids uuid[],
    first_versions bigint[],
    event_counts   integer[],
    traces         text[],
    wrapped_keys   bytea[],
    erasing        boolean[],
    topics         text[],
    states         bytea[],
    caller_at      timestamptz,
    names          text[],
    sharing        boolean[]
)
returns table (
    outcome        text,
    originator_id  uuid,
    version        bigint,
    first_position bigint,
    last_position  bigint,
    recorded_at    timestamptz
)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    never   constant bigint := -1; -- a version that no stream expects next
    holders uuid[];                -- of each name, who stands in the way
begin
    -- The lock of append_events_v2, and for the same reason before every read. It waits for nobody
    -- when it is taken again there.
    perform pg_advisory_xact_lock(5786073428119874121);

    select array_agg(holder.originator_id order by c.ordinal)
    into holders
    from unnest(originator_ids, names, sharing) with ordinality
        as c (originator_id, name, shares, ordinal)
    left join lateral (
        select held.originator_id
        from public.claims held
        where held.name = c.name and held.originator_id <> c.originator_id and not c.shares
        order by held.position
        limit 1
    ) holder on true;

    -- A command that is turned away is still looked up by its key: a repeat of one that went in is
    -- 'replayed', whoever holds the name today.
    return query
    with answered as materialized (
        select a.*
        from append_events_v2(
            keys, request_hashes, originator_ids,
            array(
                select case when t.holder is null then t.first_version else never end
                from unnest(first_versions, holders) with ordinality
                    as t (first_version, holder, ordinal)
                order by t.ordinal
            ),
            event_counts, traces, wrapped_keys, erasing, topics, states, caller_at
        ) with ordinality
            as a (outcome, originator_id, version, first_position, last_position, recorded_at, ordinal)
    ), given_up as (
        delete from public.claims held
        using answered a
        where a.outcome = 'appended' and names[a.ordinal] = ''
            and held.originator_id = a.originator_id
    ), taken as (
        insert into public.claims (originator_id, name, position)
        select a.originator_id, names[a.ordinal], a.first_position
        from answered a
        where a.outcome = 'appended' and names[a.ordinal] <> ''
        on conflict (originator_id) do update
            set name = excluded.name, position = excluded.position
    )
    select
        case when turned_away then 'taken' else a.outcome end,
        case when turned_away then holders[a.ordinal] else a.originator_id end,
        a.version, a.first_position, a.last_position, a.recorded_at
    from answered a
    cross join lateral (
        select a.outcome = 'conflict' and holders[a.ordinal] is not null as turned_away
    ) as t
    order by a.ordinal;
end
$$;

revoke execute on function append_claiming_events_v2(
    text[], bytea[], uuid[], bigint[], integer[], text[], bytea[], boolean[], text[], bytea[],
    timestamptz, text[], boolean[]
) from public;
grant execute on function append_claiming_events_v2(
    text[], bytea[], uuid[], bigint[], integer[], text[], bytea[], boolean[], text[], bytea[],
    timestamptz, text[], boolean[]
) to janji_app;

-- As forget_commands_v1, and no key is forgotten sooner because the database's clock runs ahead.
create function forget_commands_v2(at_most integer, caller_at timestamptz) returns bigint
language sql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
    with forgotten as (
        delete from public.command_log
        where key in (
            select key from public.command_log
            where at < least(clock_timestamp(), caller_at) - interval '30 days'
            order by at
            limit at_most
            for update skip locked
        )
        returning 1
    )
    select count(*) from forgotten
$$;

revoke execute on function forget_commands_v2(integer, timestamptz) from public;
grant execute on function forget_commands_v2(integer, timestamptz) to janji_app;

-- migrate:down
drop function forget_commands_v2(integer, timestamptz);
drop function append_claiming_events_v2(
    text[], bytea[], uuid[], bigint[], integer[], text[], bytea[], boolean[], text[], bytea[],
    timestamptz, text[], boolean[]
);
drop function append_events_v2(
    text[], bytea[], uuid[], bigint[], integer[], text[], bytea[], boolean[], text[], bytea[],
    timestamptz
);
drop function append_clock_v1(timestamptz);
