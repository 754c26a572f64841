-- The tables of the read models, run in a generation's schema, so no name is qualified. All of it
-- can be made again from the logs: the same events on the same day give the same rows.

-- Where does a case stand? One row a case, as after its last event; the figures of those that are
-- open speak of the day `projection_position.figures_on` of their service.
create table cases (
    number        text primary key,
    service       text not null,
    status        text not null,
    version       int not null,
    received_at   timestamptz not null,
    standard      text not null,
    channel       text not null,
    kind          text,     -- of a request
    agency        text,     -- of a request
    letter_number text,     -- of a request
    received_on   date not null,
    days_allowed  int not null,
    due_on        date,     -- null: unknown while it waits
    days_used     int not null,
    days_elapsed  int not null,
    state         text not null,
    due_soon      boolean not null,
    provisional   boolean not null,
    calendar      text not null,
    known_on      date not null, -- the day on which its last event was recorded
    backdated     boolean not null, -- recorded more than one working day after its receipt
    imported_on   date,     -- when an import last touched it; null: it didn't come by one
    ended_on      date,     -- when it was finished, or voided; null: it is open
    waiting_since date,     -- the day on which the present wait began
    basis         json,     -- what the clock is read from; null: finished, it says the same for ever
    category      text,     -- of a complaint; null: not classified yet
    assignee      text,     -- who has it in hand; null: nobody yet
    waited        boolean not null, -- returned or asked for clarification, ever
    reopenings    int not null,
    reclassified  boolean not null,
    score         int,      -- how the complainant rated it
    known_part    int not null -- of the day `known_on`: after so many imports of complaints
);

create index cases_open on cases (service, number) where basis is not null;
create index cases_open_by_due_on on cases (coalesce(due_on, 'infinity'), number)
    where basis is not null;
create index cases_by_due_on on cases (coalesce(due_on, 'infinity'), number);
create index cases_by_received_on on cases (received_on, number);
create index cases_by_agency on cases (agency, coalesce(due_on, 'infinity'), number)
    where agency is not null;
create index cases_by_assignee on cases (assignee) where assignee is not null;
create index cases_by_letter_number on cases (letter_number) where letter_number is not null;

-- What happened to a case? One row an event.
create table timeline (
    number      text not null,
    version     int not null,
    source      text not null,
    position    bigint not null,
    event       text not null,
    status      text not null,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null,
    role        text not null,
    due_on      date,
    state       text not null,
    facts       json not null, -- what the event says beside that; nothing personal is published
    primary key (number, version)
);

-- How do the further clocks of a case stand? One row a clock that has started, as after its last
-- event; those that run speak of the day `projection_position.figures_on`.
create table deadline (
    number        text not null,
    place         int not null,    -- in the order of the standard
    service       text not null,
    month         date not null,   -- in which the case counts as received
    clock         text not null,
    days          int not null,
    unit          text not null,
    started_on    date not null,
    due_on        date not null,
    calendar      text not null,   -- the version that it is reckoned by
    kept_days_off date[] not null, -- and what was off for this case alone
    ended_on      date,            -- null: what it asks for has not been done yet
    state         text not null,
    primary key (number, clock)
);

create index deadline_running on deadline (service, due_on) where state = 'running';

-- How many? `counted` cases received in `month` are in `measure`: a state ('on_time'), something
-- that happened to them ('waited'), or a quantity, and then `value` says how much of it ('days_used'
-- 3). Voided ones are in 'voided' and 'voided_overdue' alone. They are all of the service's, or those
-- that are `member` ('password_reset') of a `facet` ('kind'). Each case adds to and takes away from a
-- few rows, so the table's size is one of the calendar, not of the cases, and no row has a count of
-- 0. Further clocks are members of the facet 'clock', and their states are what is counted.
create table tally (
    service text not null,
    month   date not null,
    facet   text not null,
    member  text not null,
    measure text not null,
    value   int not null,
    counted bigint not null,
    primary key (service, month, facet, member, measure, value)
) with (fillfactor = 50); -- the same few rows over and over: room for updates in place

-- What changed on which day, and why? What events recorded on `known_on` did to the counts above,
-- and the due dates that had passed by its 00:00 (`why` 'overdue'). All changes up to a day add up
-- to the counts as they were known at its end, but for the days of overdue cases, which grow day by
-- day. Of complaints there are two facets more, category and channel. A day has parts where imports
-- of complaints ended on it: all changes up to a part add up to what was known at its end. Its size
-- is one of the calendar, too.
create table tally_change (
    service  text not null,
    month    date not null,
    known_on date not null,
    part     int not null, -- 0, and one more after each import that has ended
    why      text not null,
    facet    text not null,
    member   text not null,
    measure  text not null,
    value    int not null,
    by       bigint not null,
    primary key (service, month, known_on, part, why, facet, member, measure, value)
);

create index tally_change_imported on tally_change (known_on, part) where why = 'import';

-- Which cases were overdue on a day of the past, and what were their clocks read from? One row for
-- each version at which a case was overdue at the end of a day, or of a part of one: from `since` on,
-- and before `until`. What is overdue now stands in `cases`.
create table overdue_spell (
    service     text not null,
    number      text not null,
    version     int not null,
    received_on date not null,
    since       date not null,
    since_part  int not null,
    until       date not null,
    until_part  int not null,
    basis       json not null,
    primary key (number, version)
);

create index overdue_spell_by_day on overdue_spell (until, since);

-- When did imports of complaints end? The last event of each, which ends that part of its day.
create table import_end (
    known_on      date not null,
    part          int not null,
    last_at       timestamptz not null,
    last_position bigint not null,
    primary key (known_on, part)
);
