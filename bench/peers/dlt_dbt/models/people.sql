with records as (
    select customer_number, lower(email) as email, segment, try_cast(last_changed as timestamp) as changed,
        regexp_replace(replace(phone, ' ', ''), '^0', '+44') as phone, coalesce(lower(email), customer_number) as person
    from raw.customers
    where (email is null or {{ is_email('email') }}) and try_cast(customer_since as date) is not null
        and try_cast(last_changed as timestamp) is not null
    qualify row_number() over (partition by customer_number order by try_cast(last_changed as timestamp) desc) = 1
),
segments as (
    select person, arg_max(segment, (changed, customer_number)) as segment from records where segment is not null group by person
)
select customer_number, email, phone, person, segments.segment from records left join segments using (person)
