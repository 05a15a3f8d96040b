with answers as (
    select answered_on, channel, touchpoint, segment, csat, nps, ces, is_superseded, 3 as asked from {{ ref('responses') }}
    union all
    select answered_on, 'sms', 'service_center', segment, csat, null, null, is_superseded, 1 from {{ ref('replies') }}
),
counted as (
    select answered_on, channel, touchpoint, segment,
        count(csat) filter (not is_superseded) as csat_n,
        count(*) filter (not is_superseded and csat >= 4) as csat_satisfied,
        count(*) filter (not is_superseded and csat <= 2) as csat_dissatisfied,
        coalesce(sum(floor((csat - 1) * 10000 / 4 + 0.5)::bigint) filter (not is_superseded), 0)::bigint as csat_score_points,
        count(nps) filter (not is_superseded) as nps_n,
        count(*) filter (not is_superseded and nps >= 9) as nps_promoters,
        count(*) filter (not is_superseded and nps <= 6) as nps_detractors,
        count(ces) filter (not is_superseded) as ces_n,
        count(*) filter (not is_superseded and ces >= 5) as ces_easy,
        coalesce(sum(floor((ces - 1) * 10000 / 6 + 0.5)::bigint) filter (not is_superseded), 0)::bigint as ces_score_points,
        coalesce(sum(asked - (csat is not null)::int - (nps is not null)::int - (ces is not null)::int) filter (not is_superseded), 0)::bigint
            as skipped_count,
        coalesce(sum(asked) filter (is_superseded), 0)::bigint as superseded_count
    from answers group by all
),
netted as (
    select *, (nps_promoters + 0.75) / (nps_n + 3) as p, (nps_detractors + 0.75) / (nps_n + 3) as d,
        1.959963984540054 * sqrt((p + d - (p - d) * (p - d)) / (nps_n + 3)) as half
    from counted
)
select * exclude (p, d, half),
    {{ share('csat_satisfied', 'csat_n', 'csat_top2') }},
    {{ share('ces_easy', 'ces_n', 'ces_top') }},
    {{ over('csat_score_points', 'csat_n * 10000') }} as csat_mean_score,
    {{ over('ces_score_points', 'ces_n * 10000') }} as ces_mean_score,
    nps_n - nps_promoters - nps_detractors as nps_passives,
    {{ over('(nps_promoters - nps_detractors) * 100', 'nps_n') }} as nps,
    case when nps_n > 0 then greatest((p - d - half) * 100, -100) end as nps_ci_low,
    case when nps_n > 0 then least((p - d + half) * 100, 100) end as nps_ci_high,
    {{ status('greatest(csat_n, nps_n, ces_n)') }} as status
from netted
