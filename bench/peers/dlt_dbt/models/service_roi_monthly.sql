with of_contacts as (
    select date_trunc('month', contacted_on)::date as month_on, touchpoint, count(distinct person) as customer_count,
        sum(csat_n)::bigint as rated_n, sum(csat_good)::bigint as rated_satisfied, sum(csat_bad)::bigint as rated_dissatisfied
    from {{ ref('contacts') }} where person is not null group by all
),
of_sales as (
    select month_on, touchpoint, coalesce(sum(margin) filter (service_role = 'recovered'), 0)::double as recovered_margin_amount,
        coalesce(sum(margin) filter (service_role = 'attributed'), 0)::double as attributed
    from {{ ref('sales') }} where margin is not null and service_role <> 'none' group by all
),
of_costs as (
    select month_on, touchpoint, sum(cost)::double as service_cost_amount from {{ ref('bookings') }} where category = 'service' group by all
),
joined as (
    select month_on, touchpoint, coalesce(customer_count, 0) as customer_count, coalesce(rated_n, 0) as rated_n,
        coalesce(rated_satisfied, 0) as rated_satisfied, coalesce(rated_dissatisfied, 0) as rated_dissatisfied,
        coalesce(recovered_margin_amount, 0) as recovered_margin_amount, coalesce(attributed, 0) as attributed,
        coalesce(service_cost_amount, 0) as service_cost_amount
    from of_contacts full join of_sales using (month_on, touchpoint) full join of_costs using (month_on, touchpoint)
),
rated as (
    select *, rated_n >= 30 as is_measured, rated_satisfied::double / nullif(rated_n, 0) as good, rated_dissatisfied::double / nullif(rated_n, 0) as bad,
        {{ share('rated_satisfied', 'rated_n', 'rated') }}
    from joined
),
shares as (
    select *, case when is_measured then good else 0.4 end as satisfied_share,
        case when is_measured then rated_ci_low else 0.3 end as satisfied_share_ci_low,
        case when is_measured then rated_ci_high else 0.5 end as satisfied_share_ci_high,
        case when is_measured then (rated_n - rated_satisfied - rated_dissatisfied)::double / rated_n else 0.3 end as mollified_share,
        case when is_measured then bad else 0.3 end as dissatisfied_share,
        case when is_measured then good else 0.3 end as good_low, case when is_measured then bad else 0.4 end as bad_high,
        case when is_measured then good else 0.5 end as good_high, case when is_measured then bad else 0.2 end as bad_low,
        case when is_measured then 'measured' else 'assumed' end as shares_basis
    from rated
),
kept as (
    select *,
        satisfied_share * 0.88::double + (1.0::double - satisfied_share - dissatisfied_share) * 0.72::double + dissatisfied_share * 0.40::double
            - 0.70::double as kept_usual,
        good_low * 0.8::double + (1.0::double - good_low - bad_high) * 0.6::double + bad_high * 0.25::double - 0.8::double as kept_low,
        good_high * 0.95::double + (1.0::double - good_high - bad_low) * 0.8::double + bad_low * 0.55::double - 0.6::double as kept_high,
        {{ money('attributed * 0.5::double') }} as new_margin_amount
    from shares
),
prevented as (
    select *, {{ money('customer_count * kept_usual * 100') }} as prevented_damage_amount,
        {{ money('least(kept_low * 50, kept_low * 150) * customer_count') }} as prevented_damage_low_amount,
        {{ money('greatest(kept_high * 50, kept_high * 150) * customer_count') }} as prevented_damage_high_amount,
        attributed - new_margin_amount as marketing_margin_amount
    from kept
)
select * exclude (good, bad, good_low, bad_high, good_high, bad_low, kept_usual, kept_low, kept_high, rated, rated_ci_low, rated_ci_high),
    case when service_cost_amount > 0 then
        (prevented_damage_amount + recovered_margin_amount + new_margin_amount - service_cost_amount) / service_cost_amount end as roi,
    case when service_cost_amount > 0 then (prevented_damage_low_amount + recovered_margin_amount
        + least(attributed * 0.25::double, attributed * 0.75::double) - service_cost_amount) / service_cost_amount end as roi_low,
    case when service_cost_amount > 0 then (prevented_damage_high_amount + recovered_margin_amount
        + greatest(attributed * 0.25::double, attributed * 0.75::double) - service_cost_amount) / service_cost_amount end as roi_high,
    {{ status('customer_count') }} as status
from prevented
