-- Whoever showed this service a token with a staff role, by the last token of his.

-- migrate:up
create table staff (
    sub     text   primary key check (octet_length(sub) between 1 and 800),
    name    text   not null, -- personal: it stands in no event and in no log
    roles   text[] not null, -- all that he ever held here
    seen_on date   not null
);

grant select, insert, update on staff to janji_app;

-- migrate:down
drop table staff;
