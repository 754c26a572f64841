-- The tables of every generation, whatever its read models are; run with the search path at its
-- schema, before the read models' own. They are created and dropped with the figures that they describe.

-- Where each source's read models stand. The row is moved in the transaction that applies the
-- events, and a consumer locks it first: it is the fence that keeps an event from being applied twice.
create table projection_position (
    source      text primary key,
    position    bigint not null default 0 check (position >= 0), -- of the last event applied or held, 0: none
    epoch       text not null default '',                        -- that event's
    hash        bytea not null default '',                       -- that event's, as the log has it
    recorded_at timestamptz,                                     -- that event's
    figures_on  date not null                                    -- the day the figures speak of
);

-- Events that could not be applied, and those of the same aggregate that wait behind them.
create table quarantine (
    source    text not null,
    position  bigint not null,
    aggregate text not null,
    number    text not null,
    type      text not null,
    epoch     text not null,
    hash      bytea not null,
    body      bytea not null, -- the CloudEvent as JSON
    error     text,           -- null: not tried, it waits behind an earlier one
    held_at   timestamptz not null,
    primary key (source, position)
);
create index quarantine_aggregate on quarantine (source, aggregate, position);

-- Events whose type these read models don't know: left out, counted and shown.
create table unknown_event (
    source        text not null,
    type          text not null,
    events        bigint not null,
    last_position bigint not null,
    primary key (source, type)
);

-- The last event of each day (of Asia/Pontianak) in each source's log, whatever became of it here.
create table log_head (
    source      text not null,
    day         date not null,
    position    bigint not null,
    epoch       text not null,
    hash        bytea not null,
    recorded_at timestamptz not null,
    primary key (source, day)
);
