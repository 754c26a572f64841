-- migrate:up

-- Every generation of read models there ever was. The rows stay: a number is never used twice, so
-- a reader that resolved rm_0007 can't find another rm_0007 in its place.
create table projection_generation (
    generation int primary key check (generation > 0),
    made_at    timestamptz not null,
    retired_at timestamptz, -- since when another one is live
    kept       boolean not null default false, -- not dropped by itself
    dropped_at timestamptz
);

-- The one row that a rebuild switches and every reader resolves.
create table projection_live (
    only_row    boolean primary key default true check (only_row),
    generation  int not null references projection_generation,
    switched_at timestamptz not null
);

-- What the head checks found. It speaks of the sources, not of a generation.
create table projection_source (
    source       text primary key,
    head         bigint not null,      -- position of the log's last event
    checked_at   timestamptz not null, -- when the head was asked for last
    at_head_at   timestamptz,          -- when it last stood where the read models stood
    behind_since timestamptz,          -- null: it stood there at the last check
    forked_at    bigint                -- the position at which the log holds another event than ours
);

-- The service may not create schemas; these two functions do it in the owner's name. What is in a
-- generation belongs to the service, since all of it can be made again from the logs.
create function make_generation_v1(made_at timestamptz) returns int
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
    made int;
    schema_name text;
begin
    insert into public.projection_generation (generation, made_at)
    select coalesce(max(g.generation), 0) + 1, make_generation_v1.made_at
    from public.projection_generation g
    returning generation into made;
    schema_name := 'rm_' || to_char(made, 'FM0000');
    execute format('create schema %I', schema_name);
    execute format('grant usage, create on schema %I to janji_app', schema_name);
    return made;
end $$;

create function drop_generation_v1(dropped int, at timestamptz) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    if exists (select from public.projection_live where generation = dropped) then
        raise exception 'generation % is live', dropped using errcode = 'object_in_use';
    end if;
    execute format('drop schema if exists %I cascade', 'rm_' || to_char(dropped, 'FM0000'));
    update public.projection_generation set dropped_at = at where generation = dropped;
end $$;

revoke execute on function make_generation_v1, drop_generation_v1 from public;
grant execute on function make_generation_v1, drop_generation_v1 to janji_app;
grant select, insert, update on projection_generation, projection_live, projection_source
    to janji_app;

-- migrate:down

drop function drop_generation_v1;
drop function make_generation_v1;
drop table projection_source;
drop table projection_live;
drop table projection_generation;
