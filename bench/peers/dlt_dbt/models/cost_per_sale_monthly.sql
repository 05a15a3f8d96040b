with of_contacts as (
    select date_trunc('month', contacted_on)::date as month_on, channel, segment, count(*) as contact_count,
        count(*) filter (is_solved and not is_repeated and not is_reopened) as resolution_count,
        count(*) filter (person is not null and has_history) as judged_count,
        count(*) filter (person is not null and has_history and is_marked and not is_repeated and not is_reopened) as resolved_at_once_count
    from {{ ref('contacts') }} group by all
),
of_sales as (
    select month_on, channel, segment, count(*) as sale_count, count(*) filter (is_returned) as returned_order_count,
        count(*) filter (margin is null) as margin_unknown_count, sum(revenue)::double as revenue_amount, sum(margin)::double as margin_amount
    from {{ ref('sales') }} group by all
),
booked as (
    select month_on, channel, coalesce(sum(cost) filter (category = 'service'), 0)::double as service_cost_amount,
        coalesce(sum(cost) filter (category = 'selling'), 0)::double as selling_cost_amount,
        coalesce(sum(cost) filter (category = 'remediation'), 0)::double as remediation_cost_amount
    from {{ ref('bookings') }} group by all
),
weighed as (
    select month_on, channel, segment,
        sum(contact_count) over (partition by month_on, channel order by segment) / sum(contact_count) over (partition by month_on, channel)
            as upto,
        (sum(contact_count) over (partition by month_on, channel order by segment) - contact_count)
            / sum(contact_count) over (partition by month_on, channel) as below,
        sum(contact_count) over (partition by month_on order by channel, segment) / sum(contact_count) over (partition by month_on) as upto_all,
        (sum(contact_count) over (partition by month_on order by channel, segment) - contact_count)
            / sum(contact_count) over (partition by month_on) as below_all
    from of_contacts
),
sliced as (
    select booked.month_on, booked.channel, coalesce(weighed.segment, 'unallocated') as segment, coalesce(upto, 1) as upto,
        coalesce(below, 0) as below, columns('.*_cost_amount')
    from booked left join weighed on weighed.month_on = booked.month_on and weighed.channel = booked.channel
    where booked.channel <> 'unallocated'
    union all
    select booked.month_on, coalesce(weighed.channel, 'unallocated'), coalesce(weighed.segment, 'unallocated'), coalesce(upto_all, 1),
        coalesce(below_all, 0), columns('.*_cost_amount')
    from booked left join weighed on weighed.month_on = booked.month_on where booked.channel = 'unallocated'
),
of_costs as (
    select month_on, channel, segment,
        sum({{ money('service_cost_amount * upto') }} - {{ money('service_cost_amount * below') }}) as service_cost_amount,
        sum({{ money('selling_cost_amount * upto') }} - {{ money('selling_cost_amount * below') }}) as selling_cost_amount,
        sum({{ money('remediation_cost_amount * upto') }} - {{ money('remediation_cost_amount * below') }}) as remediation_cost_amount
    from sliced group by all
),
summed as (
    select month_on, channel, segment, coalesce(contact_count, 0) as contact_count, coalesce(resolution_count, 0) as resolution_count,
        coalesce(judged_count, 0) as judged_count, coalesce(resolved_at_once_count, 0) as resolved_at_once_count,
        coalesce(sale_count, 0) as sale_count, coalesce(returned_order_count, 0) as returned_order_count,
        coalesce(margin_unknown_count, 0) as margin_unknown_count, coalesce(revenue_amount, 0) as revenue_amount,
        coalesce(margin_amount, 0) as margin_amount, round(coalesce(service_cost_amount, 0), 6) as service_cost_amount,
        round(coalesce(selling_cost_amount, 0), 6) as selling_cost_amount,
        round(coalesce(remediation_cost_amount, 0), 6) as remediation_cost_amount
    from of_contacts full join of_sales using (month_on, channel, segment) full join of_costs using (month_on, channel, segment)
)
select *,
    case when service_cost_amount <> 0 then {{ over('service_cost_amount', 'sale_count') }} end as cost_per_sale_service_only,
    case when service_cost_amount <> 0 and selling_cost_amount <> 0 then
        {{ over('service_cost_amount + selling_cost_amount', 'sale_count') }} end as cost_per_sale_service_plus_selling,
    case when service_cost_amount <> 0 then {{ over('service_cost_amount', 'contact_count') }} end as cost_per_contact,
    case when service_cost_amount <> 0 then {{ over('service_cost_amount', 'resolution_count') }} end as cost_per_resolution,
    {{ over('cost_per_contact', over('resolved_at_once_count', 'judged_count')) }} as cost_per_contact_over_fcr,
    case when remediation_cost_amount <> 0 then {{ over('remediation_cost_amount', 'returned_order_count') }} end as cost_per_returned_order,
    {{ over('revenue_amount', 'service_cost_amount') }} as revenue_per_service_dollar,
    {{ over('margin_amount', 'service_cost_amount') }} as margin_per_service_dollar,
    case when service_cost_amount <> 0 then {{ status('sale_count') }} else 'no_data' end as status
from summed
