with recursive tickets as (
    select id, strptime(created_at, '%Y-%m-%dT%H:%M:%SZ') as at_utc, requester_id, status,
        case via ->> '$.channel' when 'voice' then 'phone' else via ->> '$.channel' end as channel,
        coalesce(list_filter(from_json(custom_fields, '[{"id":"BIGINT","value":"VARCHAR"}]'), lambda one: one.id = 27642)[1].value, 'unknown')
            as category,
        coalesce(list_filter(from_json(custom_fields, '[{"id":"BIGINT","value":"VARCHAR"}]'), lambda one: one.id = 27643)[1].value, 'unknown')
            as touchpoint
    from (
        select * from raw.tickets
        where id is not null and try_strptime(created_at, '%Y-%m-%dT%H:%M:%SZ') is not null
            and via ->> '$.channel' in ('email', 'web', 'chat', 'voice')
            and status in ('new', 'open', 'pending', 'hold', 'solved', 'closed', 'deleted')
        qualify row_number() over (partition by id order by generated_timestamp desc) = 1
    )
    where coalesce(submitter_id = requester_id, true) and status <> 'deleted' and not contains(tags::varchar, '"closed_by_merge"')
),
audits as (
    select distinct on (id) id, ticket_id, strptime(created_at, '%Y-%m-%dT%H:%M:%SZ') as at_utc, author_id,
        from_json(events, '[{"type":"VARCHAR","field_name":"VARCHAR","previous_value":"JSON","value":"JSON"}]') as events
    from raw.audits
    where ticket_id is not null and events is not null and try_strptime(created_at, '%Y-%m-%dT%H:%M:%SZ') is not null
),
steps as (
    select ticket_id, at_utc, author_id, list_contains(list_transform(events, lambda one: one.type), 'Create') as is_created,
        unnest(events, recursive := true)
    from audits
),
moves as (
    select ticket_id, at_utc, value ->> '$' in ('solved', 'closed') as is_finished,
        coalesce(previous_value ->> '$' in ('solved', 'closed'), false) as was_finished
    from steps where type = 'Change' and field_name = 'status'
),
moments as (
    select ticket_id, min(at_utc) filter (is_finished and not was_finished) as first_solved,
        min(at_utc) filter (was_finished and not is_finished) as first_reopened
    from moves group by ticket_id
),
written as (
    select ticket_id, min(at_utc) as first_written from steps
    where type = 'Comment' and not is_created and author_id in (select id from raw.users where role = 'end-user')
    group by ticket_id
),
histories as (
    select ticket_id, first_solved, first_reopened,
        first_written is not null and (first_solved is null or first_written < first_solved) as wrote_again
    from (select distinct ticket_id from audits) left join moments using (ticket_id) left join written using (ticket_id)
),
rated as (select * from {{ ref('responses') }} where ticket is not null and not is_superseded),
ratings as (
    select ticket, count(csat) as csat_n, count(*) filter (csat >= 4) as csat_good, count(*) filter (csat <= 2) as csat_bad,
        arg_max(solved, (at_utc, response_id)) filter (solved is not null) = 'yes' as said
    from rated group by ticket
),
joined as (
    select tickets.id, tickets.at_utc, tickets.channel, category, touchpoint, {{ business_day('tickets.at_utc') }} as contacted_on,
        coalesce(person, requester_id::varchar) as person, coalesce(segment, 'unknown') as segment,
        coalesce(person, requester_id::varchar, 'ticket ' || tickets.id) as customer_group,
        histories.ticket_id is not null as has_history,
        first_solved is not null or status in ('solved', 'closed') as is_solved,
        coalesce(first_reopened - tickets.at_utc <= interval 7 days, false) as is_reopened,
        coalesce(first_solved is not null and not wrote_again, false) as is_marked,
        coalesce(csat_n, 0) as csat_n, coalesce(csat_good, 0) as csat_good, coalesce(csat_bad, 0) as csat_bad, said
    from tickets
    left join {{ ref('people') }} as people on people.customer_number = requester_id::varchar
    left join histories on histories.ticket_id = tickets.id
    left join ratings on ratings.ticket = tickets.id
),
ordered as (
    select *, row_number() over same_case as place,
        coalesce(lead(at_utc) over same_case - at_utc <= interval 7 days, false) as is_repeated,
        coalesce(lead(at_utc) over (partition by customer_group, category, channel order by at_utc, id) - at_utc <= interval 7 days, false)
            as is_repeated_same,
        coalesce(person is not null and at_utc <= (select max_by(as_of, as_of) from raw.known_until) - interval 7 days, false) as is_mature
    from joined
    window same_case as (partition by customer_group, category order by at_utc, id)
),
walked as (
    select customer_group, category, place, at_utc as anchored, id, true as is_anchor from ordered where place = 1
    union all
    select ordered.customer_group, ordered.category, ordered.place,
        case when ordered.at_utc > anchored + interval 7 days then ordered.at_utc else anchored end, ordered.id,
        ordered.at_utc > anchored + interval 7 days
    from walked join ordered on ordered.customer_group = walked.customer_group and ordered.category = walked.category
        and ordered.place = walked.place + 1
)
select ordered.*, walked.is_anchor from ordered join walked using (id)
