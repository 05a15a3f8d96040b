with known as (select phone, person, segment from {{ ref('people') }} where phone is not null),
texts as (
    select distinct on ("sid") "sid", "body", "direction" = 'inbound' as is_inbound,
        case when "direction" = 'inbound' then "from" else "to" end as phone,
        try_strptime("sent_date", '%Y-%m-%dT%H:%M:%SZ') as at_utc
    from raw.texts
),
valid as (
    select texts.*, coalesce(person, phone) as person, coalesce(segment, 'unknown') as segment
    from texts left join known using (phone)
    where at_utc is not null and regexp_full_match(phone, '\+\d{7,15}')
),
asked as (select person, at_utc, sid as ask from valid where not is_inbound and contains(body, 'how was our service')),
numbers as (
    select *, try_cast(nullif(regexp_extract(body, '^\s*([0-9]{1,3})\s*(?:/\s*([0-9]{1,3}))?[\s!.,]*$', 1), '') as double) as value,
        try_cast(nullif(regexp_extract(body, '^\s*([0-9]{1,3})\s*(?:/\s*([0-9]{1,3}))?[\s!.,]*$', 2), '') as double) as out_of
    from valid where is_inbound
)
select numbers.sid, {{ business_day('numbers.at_utc') }} as answered_on, segment, value as csat,
    row_number() over (partition by ask order by numbers.at_utc desc, numbers.sid desc) > 1 as is_superseded
from numbers asof join asked on numbers.person = asked.person and numbers.at_utc >= asked.at_utc
where value between 1 and 5 and coalesce(out_of, 5) = 5 and numbers.at_utc <= asked.at_utc + interval 48 hours
