-- The log: one row an event, never changed, never removed.
--
-- Name, columns and keys are those of the `eventsourcing` library, whose own recorder reads this
-- table unchanged (by its default settings); recorded_at, hash and trace are ours. notification_id
-- has no default on purpose: a writer that goes round append_events can't insert at all.

-- migrate:up
create table stored_events (
    originator_id      uuid        not null,
    originator_version bigint      not null check (originator_version >= 0),
    topic              text        not null check (topic <> '' and octet_length(topic) <= 255),
    state              bytea       not null check (octet_length(state) <= 8388608),
    notification_id    bigint      not null check (notification_id > 0),
    recorded_at        timestamptz not null,
    hash               bytea       not null check (octet_length(hash) = 32),
    trace              text,
    primary key (originator_id, originator_version)
);

create unique index stored_events_notification_id_idx on stored_events (notification_id);

comment on table stored_events is 'the append-only event log; written by append_events_vN alone';
comment on column stored_events.notification_id is 'the position: 1, 2, 3 … in commit order, without gaps';
comment on column stored_events.recorded_at is 'the log''s clock: never earlier than the event before';
comment on column stored_events.hash is 'sha256 over the hash before and this row: see append_events_v1';
comment on column stored_events.trace is 'W3C traceparent of the command; not history, not hashed';

-- An epoch is a range of positions written by one unbroken life of the database. A restore opens
-- the next one, so that a follower can tell that position N now means another event.
create table epochs (
    number         bigint      generated always as identity primary key,
    id             uuid        not null unique default gen_random_uuid(),
    first_position bigint      not null check (first_position > 0),
    opened_at      timestamptz not null default clock_timestamp()
);

insert into epochs (first_position) values (1);

grant select on stored_events, epochs to janji_app;

-- migrate:down
drop table epochs;
drop table stored_events;
