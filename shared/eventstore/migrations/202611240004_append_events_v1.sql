-- The only way into the log: one call, one commit, any number of commands.

-- migrate:up

-- In: one element a command (its events are of one originator, their versions run on from
-- first_versions), and one element an event in topics and states, in the commands' order.
-- Out: one element a command; recorded_at is the instant of all that this call wrote.
--   outcomes        'appended'    written now: versions and positions run up to those answered
--                   'replayed'    this key and this request were written before, up to last_positions
--                   'key_reused'  this key was written before for another request; nothing written
--                   'conflict'    the first version isn't the next one; nothing written; versions
--                                 says where the stream stands (null: there is none)
-- A command goes in whole or not at all, and what becomes of one never touches its neighbours.
-- The caller never puts two commands of one key or one originator into a call: the lookups below
-- see the tables as they were before it.
create function append_events_v1(
    keys           text[],
    request_hashes bytea[],
    originator_ids uuid[],
    first_versions bigint[],
    event_counts   integer[],
    traces         text[],
    wrapped_keys   bytea[],    -- a new sealing key of this originator, or null
    erasing        boolean[],  -- true: delete the originator's sealing key, for ever
    topics         text[],
    states         bytea[],
    out outcomes       text[],
    out last_positions bigint[],
    out versions       bigint[],
    out recorded_at    timestamptz
)
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
-- Plans are made while the tables are small and kept while they grow; on a growing table a kept
-- sequential scan costs a factor of four. Every lookup here has its index, so scans are never
-- right, and with one plan fit for all calls there is no need to plan each anew.
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
    command     record;
    last_event  integer := 0;           -- subscript of the last event gone over in topics, states
    head        bigint := 0;            -- position and hash of the last event of the log
    head_hash   bytea := decode(repeat('00', 32), 'hex');
    -- The events to insert, one element each.
    new_ids     uuid[] := '{}';
    new_numbers bigint[] := '{}';
    new_topics  text[] := '{}';
    new_states  bytea[] := '{}';
    new_hashes  bytea[] := '{}';
    new_traces  text[] := '{}';
    accepted    integer[] := '{}';      -- ordinals of the commands that go in
    first_head  bigint;
begin
    -- Another level would read from a snapshot older than the lock.
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'append_events needs read committed, not %',
            current_setting('transaction_isolation');
    end if;

    -- The lock is a statement of its own, before every read: at read committed each statement
    -- that follows sees all that was committed before the lock was ours. It is held to the end
    -- of the transaction, so that numbers are given in commit order and a reader who has seen N
    -- never finds a smaller one later. (One log a database: advisory locks are the database's.)
    perform pg_advisory_xact_lock(5786073428119874121);

    select e.notification_id, e.hash, greatest(clock_timestamp(), e.recorded_at)
    into head, head_hash, recorded_at
    from public.stored_events e
    order by e.notification_id desc
    limit 1;
    if not found then
        head := 0;
        head_hash := decode(repeat('00', 32), 'hex');
        recorded_at := clock_timestamp();
    end if;
    first_head := head;

    for command in
        select
            c.ordinal, c.originator_id, c.first_version, c.event_count, c.trace,
            l.last_position,
            l.request_hash is distinct from c.request_hash as is_other_request,
            -- As a scalar subquery this stays on the primary key whatever the planner believes.
            (
                select e.originator_version
                from public.stored_events e
                where e.originator_id = c.originator_id
                order by e.originator_version desc
                limit 1
            ) as last_version
        from unnest(keys, request_hashes, originator_ids, first_versions, event_counts, traces)
            with ordinality
            as c (key, request_hash, originator_id, first_version, event_count, trace, ordinal)
        left join public.command_log l on l.key = c.key
        order by c.ordinal
    loop
        if command.last_position is not null then
            outcomes[command.ordinal] :=
                case when command.is_other_request then 'key_reused' else 'replayed' end;
            last_positions[command.ordinal] := command.last_position;
            versions[command.ordinal] := command.last_version;
            last_event := last_event + command.event_count;
            continue;
        end if;

        -- The next version, or a stream's first: 1, or 0 as the library's own suites count.
        if command.first_version <> command.last_version + 1
            or command.last_version is null and command.first_version not in (0, 1)
        then
            outcomes[command.ordinal] := 'conflict';
            last_positions[command.ordinal] := null;
            versions[command.ordinal] := command.last_version;
            last_event := last_event + command.event_count;
            continue;
        end if;

        for i in 0 .. command.event_count - 1 loop
            last_event := last_event + 1;
            head := head + 1;
            head_hash := sha256(
                head_hash
                || int8send(head)
                || uuid_send(command.originator_id)
                || int8send(command.first_version + i)
                || timestamptz_send(recorded_at)
                || int4send(octet_length(topics[last_event]))
                || convert_to(topics[last_event], 'UTF8')
                || states[last_event]
            );
            new_ids := new_ids || command.originator_id;
            new_numbers := new_numbers || (command.first_version + i);
            new_topics := new_topics || topics[last_event];
            new_states := new_states || states[last_event];
            new_hashes := new_hashes || head_hash;
            new_traces := new_traces || command.trace;
        end loop;
        accepted := accepted || command.ordinal::integer;
        outcomes[command.ordinal] := 'appended';
        last_positions[command.ordinal] := head;
        versions[command.ordinal] := command.first_version + command.event_count - 1;
    end loop;

    if head = first_head then
        return;
    end if;

    insert into public.stored_events (
        originator_id, originator_version, topic, state, notification_id, recorded_at, hash, trace
    )
    select e.id, e.number, e.topic, e.state, first_head + e.ordinal,
        append_events_v1.recorded_at, e.hash, e.trace
    from unnest(new_ids, new_numbers, new_topics, new_states, new_hashes, new_traces)
        with ordinality as e (id, number, topic, state, hash, trace, ordinal);

    insert into public.command_log (key, request_hash, first_position, last_position, at)
    select keys[a.ordinal], request_hashes[a.ordinal],
        last_positions[a.ordinal] - event_counts[a.ordinal] + 1, last_positions[a.ordinal],
        append_events_v1.recorded_at
    from unnest(accepted) as a (ordinal);

    insert into public.sealing_keys (originator_id, wrapped_key)
    select originator_ids[a.ordinal], wrapped_keys[a.ordinal]
    from unnest(accepted) as a (ordinal)
    where wrapped_keys[a.ordinal] is not null
        and not exists (
            select from public.erasures e where e.originator_id = originator_ids[a.ordinal]
        );

    if true = any (erasing) then
        insert into public.erasures (originator_id, erased_at)
        select originator_ids[a.ordinal], append_events_v1.recorded_at
        from unnest(accepted) as a (ordinal)
        where erasing[a.ordinal]
        on conflict do nothing;

        delete from public.sealing_keys k
        using unnest(accepted) as a (ordinal)
        where erasing[a.ordinal] and k.originator_id = originator_ids[a.ordinal];
    end if;

    -- Once a call, with the head as a hint. The channel bears the table's name: the library's
    -- own subscriptions listen there too.
    perform pg_notify('stored_events', head::text);
end
$$;

revoke execute on function append_events_v1(
    text[], bytea[], uuid[], bigint[], integer[], text[], bytea[], boolean[], text[], bytea[]
) from public;
grant execute on function append_events_v1(
    text[], bytea[], uuid[], bigint[], integer[], text[], bytea[], boolean[], text[], bytea[]
) to janji_app;

-- Open the next epoch at the head: a step of every restore, for the owner alone.
create function open_epoch_v1() returns uuid
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

revoke execute on function open_epoch_v1() from public;

-- migrate:down
drop function open_epoch_v1();
drop function append_events_v1(
    text[], bytea[], uuid[], bigint[], integer[], text[], bytea[], boolean[], text[], bytea[]
);
