-- Cases that were published and that a restored log no longer holds.

-- migrate:up

create table lost_case (
    source   text not null,
    number   text not null,
    found_at timestamptz not null,
    primary key (source, number)
);

comment on table lost_case is 'kept for the people who have to be told; `janji restore finish` names them';

-- A rebuild calls it before it switches generations: only the old one knows what was published. What
-- the new one holds for checking isn't lost. It runs as the service, which owns the generations.
create function record_lost_cases_v1(next_generation int, at timestamptz) returns bigint
    language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
    old_schema text;
    new_schema text := 'rm_' || to_char(next_generation, 'FM0000');
    lost bigint;
begin
    select 'rm_' || to_char(generation, 'FM0000') into old_schema from public.projection_live;
    if old_schema is null or to_regclass(format('%I.cases', old_schema)) is null then
        return 0;
    end if;
    execute format(
        'insert into public.lost_case (source, number, found_at)
         select c.service, c.number, $1
         from %I.cases c
         where not exists (select from %I.cases n where n.number = c.number)
             and not exists (select from %I.quarantine q where q.number = c.number)
         on conflict (source, number) do update set found_at = excluded.found_at',
        old_schema, new_schema, new_schema
    ) using at;
    get diagnostics lost = row_count;
    return lost;
end $$;

revoke execute on function record_lost_cases_v1 from public;
grant execute on function record_lost_cases_v1 to janji_app;
grant select, insert, update on lost_case to janji_app;

-- migrate:down

drop function record_lost_cases_v1;
drop table lost_case;
