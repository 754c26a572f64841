-- A year that was applied stays for ever, and every service counts by it: so only the database's owner
-- may apply one. With the role of a service nobody could take a false one back.

-- migrate:up
revoke execute on function apply_calendar_year_v1(integer, integer, text) from janji_app;

-- migrate:down
grant execute on function apply_calendar_year_v1(integer, integer, text) to janji_app;
