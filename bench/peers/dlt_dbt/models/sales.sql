with told as (
    select order_id, customer_id, status, service_role, touchpoint,
        case currency when 'EUR' then 1.0 when 'USD' then 0.92 end as rate,
        case shop when 'webshop' then 'web' when 'app' then 'app' when 'phone order' then 'phone' end as channel,
        try_strptime(ordered_at, '%Y-%m-%dT%H:%M:%S%z') as at_utc, try_strptime(changed_at, '%Y-%m-%dT%H:%M:%S%z') as changed,
        try_cast(net as decimal(18, 4)) as net, margin as told_margin, try_cast(margin as decimal(18, 4)) as margin,
        try_cast(refunded as decimal(18, 4)) as refunded
    from raw.orders
),
current_ones as (
    select * from told
    where rate is not null and channel is not null and at_utc is not null and changed is not null and net is not null
        and refunded is not null and (told_margin is null or margin is not null)
    qualify row_number() over (partition by order_id order by changed desc) = 1
)
select date_trunc('month', (at_utc at time zone 'Europe/Berlin')::date)::date as month_on, channel, coalesce(segment, 'unknown') as segment,
    coalesce(touchpoint, 'unknown') as touchpoint, service_role, refunded > 0 as is_returned,
    ((net - refunded) * rate)::decimal(18, 4) as revenue, ((margin - refunded) * rate)::decimal(18, 4) as margin
from current_ones left join {{ ref('people') }} on customer_number = customer_id
where status = 'fulfilled'
