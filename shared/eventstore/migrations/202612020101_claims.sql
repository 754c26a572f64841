-- Names that streams hold. What a name stands for is known to those alone who give it.

-- migrate:up

-- A stream holds at most one name. Several hold the same if the later ones said so (`sharing`).
create table claims (
    originator_id uuid   primary key,
    name          text   not null check (octet_length(name) between 1 and 255),
    position      bigint not null -- of the event that it was claimed with
);

create index claims_name_idx on claims (name, position);

grant select on claims to janji_app;

-- Append, and let streams take and give up names with it: all of a command or nothing.
--
-- In: as append_events_v1, and one element a command in
--   names    the name that its stream holds from now on instead of another; '' for none, null for
--            the one that it holds already
--   sharing  true: even if another stream holds it
-- Out: as append_events_v1, and one outcome more:
--           'taken'    another stream holds the name; nothing written; originator_id is that
--                      stream's, of several the one that took the name first
-- The caller never puts one name into a call twice: claims are looked up as they were before it.
create function append_claiming_events_v1(
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
    -- The lock of append_events_v1, and for the same reason before every read. It waits for nobody
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
        from append_events_v1(
            keys, request_hashes, originator_ids,
            array(
                select case when t.holder is null then t.first_version else never end
                from unnest(first_versions, holders) with ordinality
                    as t (first_version, holder, ordinal)
                order by t.ordinal
            ),
            event_counts, traces, wrapped_keys, erasing, topics, states
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

revoke execute on function append_claiming_events_v1(
    text[], bytea[], uuid[], bigint[], integer[], text[], bytea[], boolean[], text[], bytea[],
    text[], boolean[]
) from public;
grant execute on function append_claiming_events_v1(
    text[], bytea[], uuid[], bigint[], integer[], text[], bytea[], boolean[], text[], bytea[],
    text[], boolean[]
) to janji_app;

-- migrate:down
drop function append_claiming_events_v1(
    text[], bytea[], uuid[], bigint[], integer[], text[], bytea[], boolean[], text[], bytea[],
    text[], boolean[]
);
drop table claims;
