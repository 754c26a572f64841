-- Once a cluster, by a superuser, before the first migration: the role that the services share.
--
-- janji_app can't log in. The migrations grant it SELECT and the functions it may call, and no
-- INSERT, UPDATE or DELETE on anything of the log. A service logs in as a role of its own that
-- is a member of it; each database is owned by a role that only migrations use.
-- Running this again changes nothing.
do $$
begin
    create role janji_app nologin nosuperuser nocreatedb nocreaterole noreplication;
exception
    -- Two services may be set up concurrently: the second one finds it made.
    when duplicate_object or unique_violation then null;
end
$$;
