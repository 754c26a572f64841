-- Requests from before letters were claimed hold theirs too, so that none comes a second time.
-- The name is that of `letter_name` in services/requests/application.py; a letter that an import left out is nobody's.

-- migrate:up
insert into claims (originator_id, name, position)
select request.originator_id,
    encode(sha256(convert_to(
        concat_ws('|', request.agency, request.number, request.dated_on), 'UTF8'
    )), 'hex'),
    request.position
from (
    select first.originator_id,
        first.state ->> 'agency' as agency,
        lower(regexp_replace(letter.said ->> 'number', '\s+', '', 'g')) as number,
        letter.said ->> 'date' as dated_on,
        letter.position
    from (
        select originator_id, convert_from(state, 'UTF8')::jsonb as state
        from stored_events
        where topic = 'requests.submitted'
    ) first
    cross join lateral (
        select convert_from(e.state, 'UTF8')::jsonb -> 'letter' as said,
            e.notification_id as position
        from stored_events e
        where e.originator_id = first.originator_id
            and e.topic in ('requests.submitted', 'requests.resubmitted')
            and jsonb_typeof(convert_from(e.state, 'UTF8')::jsonb -> 'letter') = 'object'
        order by e.originator_version desc
        limit 1
    ) letter
    where not exists (
        select from stored_events e
        where e.originator_id = first.originator_id
            and e.topic in ('requests.rejected', 'requests.withdrawn', 'requests.voided')
    )
) request
where request.number <> 'impor'
on conflict do nothing;

-- migrate:down
delete from claims;
