-- The calendar as this office has amended it, and how far its open cases were gone through since.

-- migrate:up

-- Each file that was ever applied: a year with all its versions, as TOML. Nothing is changed or
-- removed, since every promise names the version that it was made by.
create table calendar_years (
    year       integer     not null check (year > 0),
    number     integer     not null check (number > 0), -- its newest version
    content    text        not null check (octet_length(content) <= 262144),
    applied_at timestamptz not null default clock_timestamp(),
    primary key (year, number)
);

grant select on calendar_years to janji_app;

-- Put a file in force, if it is newer than all that were applied for that year; answers the content
-- that is in force under this number now: the caller's own, unless somebody was faster.
create function apply_calendar_year_v1(new_year integer, new_number integer, new_content text)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
    perform pg_catalog.pg_advisory_xact_lock(5786073428119874301);
    insert into public.calendar_years (year, number, content)
    select new_year, new_number, new_content
    where not exists (
        select from public.calendar_years where year = new_year and number >= new_number
    );
    return (select content from public.calendar_years where year = new_year and number = new_number);
end
$$;

revoke execute on function apply_calendar_year_v1(integer, integer, text) from public;
grant execute on function apply_calendar_year_v1(integer, integer, text) to janji_app;

-- How far a service has gone through its log since a calendar came into force: every case whose
-- last event stands at `position` or before was looked at. It can be thrown away: looking again
-- finds every case as it should be.
create table calendar_sweeps (
    calendar       text        primary key,
    first_position bigint      not null check (first_position >= 0), -- the log's head at its begin
    position       bigint      not null default 0 check (position >= 0),
    begun_at       timestamptz not null default clock_timestamp(),
    finished_at    timestamptz -- when it first reached the head
);

grant select, insert, update on calendar_sweeps to janji_app;

-- migrate:down
drop table calendar_sweeps;
drop function apply_calendar_year_v1(integer, integer, text);
drop table calendar_years;
