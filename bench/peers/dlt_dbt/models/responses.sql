with told as (
    select response_id, invite, ticket::bigint as ticket, channel, touchpoint, lower(email) as email, solved,
        satisfied, recommend, easy, try_cast(satisfied as double) as csat, try_cast(recommend as double) as nps, try_cast(easy as double) as ces,
        try_strptime(answered_at, '%Y-%m-%d %H:%M:%S') as told_at, try_strptime(changed_at, '%Y-%m-%d %H:%M:%S') as told_changed,
        (told_at at time zone 'Europe/Berlin') at time zone 'UTC' as at_utc,
        (told_changed at time zone 'Europe/Berlin') at time zone 'UTC' as changed
    from raw.survey
),
current_ones as (
    select * from told
    where (at_utc at time zone 'UTC') at time zone 'Europe/Berlin' = told_at
        and (changed at time zone 'UTC') at time zone 'Europe/Berlin' = told_changed
        and (email is null or {{ is_email('email') }})
        and (touchpoint is null or touchpoint in ('account_management', 'service_center', 'executive_relations', 'self_service', 'field'))
        and (satisfied is null or coalesce(csat between 1 and 5, false))
        and (recommend is null or coalesce(nps between 0 and 10, false))
        and (easy is null or coalesce(ces between 1 and 7, false))
    qualify row_number() over (partition by response_id order by changed desc) = 1
),
segments as (select email, any_value(segment) as segment from {{ ref('people') }} where email is not null group by email)
select response_id, ticket, channel, coalesce(touchpoint, 'unknown') as touchpoint, coalesce(segment, 'unknown') as segment,
    at_utc, {{ business_day('at_utc') }} as answered_on, csat, nps, ces, solved,
    row_number() over (partition by coalesce(invite, response_id) order by at_utc desc, response_id desc) > 1 as is_superseded
from current_ones left join segments using (email)
