with counted as (
    select contacted_on, channel, category, touchpoint, count(*) as contact_count,
        count(*) filter (person is null) as n_excluded,
        count(*) filter (person is not null and not is_mature) as n_immature,
        count(*) filter (is_mature) as n_eligible,
        count(*) filter (is_mature and has_history and is_marked and not is_repeated and not is_reopened) as resolved_count,
        count(*) filter (is_mature and has_history) as judged_count,
        count(*) filter (is_mature and not has_history) as n_without_history,
        count(*) filter (is_mature and is_anchor) as anchor_count,
        count(*) filter (person is not null and not is_mature and is_anchor) as anchor_immature_count,
        count(*) filter (is_mature and is_anchor and is_repeated_same) as anchor_repeated_same_channel_count,
        count(*) filter (is_mature and is_anchor and is_repeated) as anchor_repeated_count,
        count(*) filter (person is not null and said is not null) as survey_n,
        count(*) filter (person is not null and said) as survey_yes_count
    from {{ ref('contacts') }} group by all
)
select *,
    {{ share('resolved_count', 'judged_count', 'fcr_gross') }},
    {{ share('(anchor_count - anchor_repeated_same_channel_count)', 'anchor_count', 'fcr_repeat') }},
    {{ share('(anchor_count - anchor_repeated_count)', 'anchor_count', 'ocr') }},
    {{ share('survey_yes_count', 'survey_n', 'fcr_survey') }},
    {{ status('n_eligible', "case when n_immature > 0 then 'immature' else 'no_data' end") }} as status
from counted
