"""The four tables by PySpark on one machine: reads every file of the inbox, computes everything, writes Parquet."""

import datetime as dt
import shutil
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from pyspark.sql import SparkSession

ZONE = "Europe/Berlin"
TABLES = ("satisfaction_daily", "first_contact_resolution_daily", "cost_per_sale_monthly", "service_roi_monthly")
EMAIL = r"""rlike(email, '^[^@\\s<>,;"()]{1,64}@[^@\\s<>,;"()]{1,255}$')"""
NUMBER = r"""'^\\s*([0-9]{1,3})\\s*(?:/\\s*([0-9]{1,3}))?[\\s!.,]*$'"""
TICKET = (
    "tickets array<struct<id: bigint, created_at: string, generated_timestamp: bigint, via: struct<channel: string>, status: string, "
    "requester_id: bigint, submitter_id: bigint, tags: array<string>, custom_fields: array<struct<id: bigint, value: string>>>>"
)
AUDIT = (
    "audits array<struct<id: bigint, ticket_id: bigint, created_at: string, author_id: bigint, "
    "events: array<struct<type: string, field_name: string, previous_value: string, value: string>>>>, "
    "users array<struct<id: bigint, role: string>>"
)


def over(a, b):
    return f"(cast({a} as double) / nullif(cast({b} as double), 0))"


def share(k, n, name):
    root = f"1.959963984540054D * sqrt(cast({k} as double) * ({n} - {k}) / nullif({n}, 0) + 0.9603647051735309D)"
    middle, width = f"{k} + 1.9207294103470618D", f"({n} + 3.8414588206941236D)"
    return (
        f"{over(k, n)} as {name}, case when {n} = 0 then null when {k} = 0 then 0D else ({middle} - {root}) / {width} end as {name}_ci_low, "
        f"case when {n} = 0 then null when {k} = {n} then 1D else ({middle} + {root}) / {width} end as {name}_ci_high"
    )


def money(amount):
    return f"(floor(({amount}) * 10000D + 0.5D) / 10000D)"


def status(n, nothing="'no_data'"):
    return f"case when {n} = 0 then {nothing} when {n} < 30 then 'small_sample' else 'ok' end"


def day(at):
    return f"to_date(from_utc_timestamp({at}, '{ZONE}'))"


PEOPLE = f"""
with told as (
    select customer_number, lower(email) as email, segment, try_to_timestamp(last_changed, 'yyyy-MM-dd HH:mm:ss') as changed,
        regexp_replace(replace(phone, ' ', ''), '^0', '+44') as phone, coalesce(lower(email), customer_number) as person,
        row_number() over (partition by customer_number order by try_to_timestamp(last_changed, 'yyyy-MM-dd HH:mm:ss') desc) as age
    from customers
    where (email is null or {EMAIL}) and try_to_timestamp(customer_since, 'yyyy-MM-dd') is not null
        and try_to_timestamp(last_changed, 'yyyy-MM-dd HH:mm:ss') is not null
),
records as (select * from told where age = 1),
segments as (select person, max_by(segment, struct(changed, customer_number)) as segment from records where segment is not null group by person)
select customer_number, email, phone, records.person, segments.segment from records left join segments on segments.person = records.person
"""

RESPONSES = f"""
with told as (
    select response_id, invite, cast(ticket as bigint) as ticket, channel, touchpoint, lower(email) as email, solved, satisfied, recommend, easy,
        try_cast(satisfied as double) as csat, try_cast(recommend as double) as nps, try_cast(easy as double) as ces,
        try_to_timestamp(answered_at, 'yyyy-MM-dd HH:mm:ss') as told_at, try_to_timestamp(changed_at, 'yyyy-MM-dd HH:mm:ss') as told_changed
    from survey
),
placed as (select *, to_utc_timestamp(told_at, '{ZONE}') as at, to_utc_timestamp(told_changed, '{ZONE}') as changed from told),
valid as (
    select *, row_number() over (partition by response_id order by changed desc) as age from placed
    where from_utc_timestamp(at, '{ZONE}') = told_at and from_utc_timestamp(changed, '{ZONE}') = told_changed and (email is null or {EMAIL})
        and (touchpoint is null or touchpoint in ('account_management', 'service_center', 'executive_relations', 'self_service', 'field'))
        and (satisfied is null or coalesce(csat between 1 and 5, false)) and (recommend is null or coalesce(nps between 0 and 10, false))
        and (easy is null or coalesce(ces between 1 and 7, false))
),
segments as (select email, any_value(segment) as segment from people where email is not null group by email)
select response_id, ticket, channel, coalesce(touchpoint, 'unknown') as touchpoint, coalesce(segment, 'unknown') as segment, at,
    {day("at")} as answered_on, csat, nps, ces, solved,
    row_number() over (partition by coalesce(invite, response_id) order by at desc, response_id desc) > 1 as is_superseded
from valid left join segments on segments.email = valid.email where age = 1
"""

REPLIES = f"""
with told as (
    select Sid as sid, any_value(Body) as body, any_value(Direction) = 'inbound' as is_inbound,
        any_value(case when Direction = 'inbound' then `From` else `To` end) as number,
        any_value(try_to_timestamp(SentDate, "yyyy-MM-dd'T'HH:mm:ss'Z'")) as at
    from texts group by Sid
),
valid as (
    select told.*, coalesce(person, number) as person, coalesce(segment, 'unknown') as segment
    from told left join (select * from people where phone is not null) known on known.phone = number
    where at is not null and rlike(number, '^\\\\+[0-9]{{7,15}}$')
),
numbers as (
    select *, try_cast(nullif(regexp_extract(body, {NUMBER}, 1), '') as double) as value,
        try_cast(nullif(regexp_extract(body, {NUMBER}, 2), '') as double) as out_of
    from valid where is_inbound
),
asked as (select person, at as asked_at, sid as ask from valid where not is_inbound and contains(body, 'how was our service')),
matched as (
    select numbers.sid, numbers.at, any_value(segment) as segment, any_value(value) as value, any_value(out_of) as out_of,
        max(asked_at) as asked_at, max_by(ask, asked_at) as ask
    from numbers join asked on asked.person = numbers.person and asked_at <= numbers.at
    where value is not null group by numbers.sid, numbers.at
)
select sid, {day("at")} as answered_on, segment, value as csat, row_number() over (partition by ask order by at desc, sid desc) > 1 as is_superseded
from matched where value between 1 and 5 and coalesce(out_of, 5) = 5 and at <= asked_at + interval 48 hours
"""

HISTORIES = """
with told as (
    select id, any_value(ticket_id) as ticket_id, any_value(try_to_timestamp(created_at, "yyyy-MM-dd'T'HH:mm:ss'Z'")) as at,
        any_value(author_id) as author_id, any_value(events) as events
    from (select inline(audits) from audit_pages)
    where id is not null and ticket_id is not null and events is not null
        and try_to_timestamp(created_at, "yyyy-MM-dd'T'HH:mm:ss'Z'") is not null
    group by id
),
steps as (
    select ticket_id, at, author_id, exists(events, one -> one.type = 'Create') as is_created, inline(events) from told
),
judged as (
    select *, coalesce(value in ('solved', 'closed'), false) as is_finished, coalesce(previous_value in ('solved', 'closed'), false) as was_finished,
        type = 'Change' and field_name = 'status' as is_move
    from steps
),
customers as (select distinct id from (select inline(users) from audit_pages) where role = 'end-user')
select ticket_id, min(case when is_move and is_finished and not was_finished then at end) as first_solved,
    min(case when is_move and was_finished and not is_finished then at end) as first_reopened,
    min(case when type = 'Comment' and not is_created and customers.id is not null then at end) as first_written
from judged left join customers on customers.id = author_id group by ticket_id
"""

CONTACTS = f"""
with told as (
    select *, row_number() over (partition by id order by generated_timestamp desc) as age from (select inline(tickets) from ticket_pages)
    where id is not null and try_to_timestamp(created_at, "yyyy-MM-dd'T'HH:mm:ss'Z'") is not null
        and via.channel in ('email', 'web', 'chat', 'voice') and status in ('new', 'open', 'pending', 'hold', 'solved', 'closed', 'deleted')
),
tickets as (
    select id, try_to_timestamp(created_at, "yyyy-MM-dd'T'HH:mm:ss'Z'") as at, requester_id, status,
        case via.channel when 'voice' then 'phone' else via.channel end as channel,
        coalesce(try_element_at(filter(custom_fields, one -> one.id = 27642), 1).value, 'unknown') as category,
        coalesce(try_element_at(filter(custom_fields, one -> one.id = 27643), 1).value, 'unknown') as touchpoint
    from told
    where age = 1 and coalesce(submitter_id = requester_id, true) and status <> 'deleted' and not array_contains(tags, 'closed_by_merge')
),
ratings as (
    select ticket, count(csat) as csat_n, count_if(csat >= 4) as csat_good, count_if(csat <= 2) as csat_bad,
        max_by(solved, case when solved is not null then struct(at, response_id) end) = 'yes' as said
    from responses where ticket is not null and not is_superseded group by ticket
),
joined as (
    select tickets.id, tickets.at, tickets.channel, category, touchpoint, {day("tickets.at")} as contacted_on,
        coalesce(person, cast(requester_id as string)) as person, coalesce(segment, 'unknown') as segment,
        coalesce(person, cast(requester_id as string), concat('ticket ', tickets.id)) as customer_group,
        histories.ticket_id is not null as has_history, first_solved is not null or status in ('solved', 'closed') as is_solved,
        coalesce(first_reopened <= tickets.at + interval 7 days, false) as is_reopened,
        first_solved is not null and (first_written is null or first_written >= first_solved) as is_marked,
        coalesce(csat_n, 0) as csat_n, coalesce(csat_good, 0) as csat_good, coalesce(csat_bad, 0) as csat_bad, said
    from tickets left join people on people.customer_number = cast(requester_id as string)
    left join histories on histories.ticket_id = tickets.id left join ratings on ratings.ticket = tickets.id
)
select *, coalesce(lead(at) over (partition by customer_group, category order by at, id) <= at + interval 7 days, false) as is_repeated,
    coalesce(lead(at) over (partition by customer_group, category, channel order by at, id) <= at + interval 7 days, false) as is_repeated_same,
    person is not null and at <= timestamp '{{as_of}}' - interval 7 days as is_mature
from joined
"""

ANCHORS = """
select explode(aggregate(
    array_sort(collect_list(struct(at, id))), named_struct('anchored', cast(null as timestamp), 'ids', cast(array() as array<bigint>)),
    (found, one) -> if(found.anchored is null or one.at > found.anchored + interval 7 days,
        named_struct('anchored', one.at, 'ids', concat(found.ids, array(one.id))), found),
    found -> found.ids)) as anchor
from contacts group by customer_group, category
"""

SALES = f"""
with told as (
    select order_id, customer_id, status, service_role, touchpoint, case currency when 'EUR' then 1.0BD when 'USD' then 0.92BD end as rate,
        case shop when 'webshop' then 'web' when 'app' then 'app' when 'phone order' then 'phone' end as channel,
        try_to_timestamp(ordered_at, "yyyy-MM-dd'T'HH:mm:ssXXX") as at, try_to_timestamp(changed_at, "yyyy-MM-dd'T'HH:mm:ssXXX") as changed,
        try_cast(net as decimal(14, 4)) as net, margin as told_margin, try_cast(margin as decimal(14, 4)) as margin,
        try_cast(refunded as decimal(14, 4)) as refunded
    from orders
),
valid as (
    select *, row_number() over (partition by order_id order by changed desc) as age from told
    where rate is not null and channel is not null and at is not null and changed is not null and net is not null and refunded is not null
        and (told_margin is null or margin is not null)
)
select cast(trunc({day("at")}, 'MM') as date) as month_on, channel, coalesce(segment, 'unknown') as segment,
    coalesce(touchpoint, 'unknown') as touchpoint, service_role, refunded > 0 as is_returned,
    cast((net - refunded) * rate as decimal(18, 4)) as revenue, cast((margin - refunded) * rate as decimal(18, 4)) as margin
from valid left join people on customer_number = customer_id where age = 1 and status = 'fulfilled'
"""

BOOKINGS = """
select cast(trunc(try_to_timestamp(Buchungsdatum, 'dd.MM.yyyy'), 'MM') as date) as month_on,
    case Konto when '6100' then 'service' when '6200' then 'selling' when '6300' then 'marketing' when '6400' then 'remediation' end as category,
    case Kanal when 'Telefon' then 'phone' when 'E-Mail' then 'email' when 'Web' then 'web' when 'Chat' then 'chat' else 'unallocated' end as channel,
    case Kostenstelle when 'KS10' then 'service_center' when 'KS20' then 'self_service' when 'KS30' then 'account_management' when 'KS40' then 'field'
        else 'unallocated' end as touchpoint,
    coalesce(cast(replace(Soll, ',', '.') as decimal(14, 4)), 0) - coalesce(cast(replace(Haben, ',', '.') as decimal(14, 4)), 0) as cost
from (select distinct * from costs)
where try_to_timestamp(Buchungsdatum, 'dd.MM.yyyy') is not null and Konto in ('6100', '6200', '6300', '6400')
"""

SATISFACTION = f"""
with answers as (
    select answered_on, channel, touchpoint, segment, csat, nps, ces, is_superseded, 3 as asked from responses
    union all
    select answered_on, 'sms', 'service_center', segment, csat, null, null, is_superseded, 1 from replies
),
counted as (
    select answered_on, channel, touchpoint, segment, count_if(not is_superseded and csat is not null) as csat_n,
        count_if(not is_superseded and csat >= 4) as csat_satisfied, count_if(not is_superseded and csat <= 2) as csat_dissatisfied,
        coalesce(sum(floor((csat - 1) * 10000 / 4 + 0.5D)) filter (where not is_superseded), 0) as csat_score_points,
        count_if(not is_superseded and nps is not null) as nps_n, count_if(not is_superseded and nps >= 9) as nps_promoters,
        count_if(not is_superseded and nps <= 6) as nps_detractors, count_if(not is_superseded and ces is not null) as ces_n,
        count_if(not is_superseded and ces >= 5) as ces_easy,
        coalesce(sum(floor((ces - 1) * 10000 / 6 + 0.5D)) filter (where not is_superseded), 0) as ces_score_points,
        coalesce(sum(asked - int(csat is not null) - int(nps is not null) - int(ces is not null)) filter (where not is_superseded), 0)
            as skipped_count,
        coalesce(sum(asked) filter (where is_superseded), 0) as superseded_count
    from answers group by answered_on, channel, touchpoint, segment
),
shares as (select *, (nps_promoters + 0.75D) / (nps_n + 3) as p, (nps_detractors + 0.75D) / (nps_n + 3) as d from counted),
halves as (select *, 1.959963984540054D * sqrt((p + d - (p - d) * (p - d)) / (nps_n + 3)) as half from shares)
select *, {share("csat_satisfied", "csat_n", "csat_top2")}, {share("ces_easy", "ces_n", "ces_top")},
    {over("csat_score_points", "csat_n * 10000")} as csat_mean_score, {over("ces_score_points", "ces_n * 10000")} as ces_mean_score,
    nps_n - nps_promoters - nps_detractors as nps_passives, {over("(nps_promoters - nps_detractors) * 100", "nps_n")} as nps,
    case when nps_n > 0 then greatest((p - d - half) * 100, -100D) end as nps_ci_low,
    case when nps_n > 0 then least((p - d + half) * 100, 100D) end as nps_ci_high, {status("greatest(csat_n, nps_n, ces_n)")} as status
from halves
"""

RESOLUTION = f"""
with counted as (
    select contacted_on, channel, category, touchpoint, count(*) as contact_count, count_if(person is null) as n_excluded,
        count_if(person is not null and not is_mature) as n_immature, count_if(is_mature) as n_eligible,
        count_if(is_mature and has_history and is_marked and not is_repeated and not is_reopened) as resolved_count,
        count_if(is_mature and has_history) as judged_count, count_if(is_mature and not has_history) as n_without_history,
        count_if(is_mature and is_anchor) as anchor_count, count_if(person is not null and not is_mature and is_anchor) as anchor_immature_count,
        count_if(is_mature and is_anchor and is_repeated_same) as anchor_repeated_same_channel_count,
        count_if(is_mature and is_anchor and is_repeated) as anchor_repeated_count,
        count_if(person is not null and said is not null) as survey_n, count_if(person is not null and said) as survey_yes_count
    from anchored group by contacted_on, channel, category, touchpoint
)
select *, {share("resolved_count", "judged_count", "fcr_gross")},
    {share("(anchor_count - anchor_repeated_same_channel_count)", "anchor_count", "fcr_repeat")},
    {share("(anchor_count - anchor_repeated_count)", "anchor_count", "ocr")}, {share("survey_yes_count", "survey_n", "fcr_survey")},
    {status("n_eligible", "case when n_immature > 0 then 'immature' else 'no_data' end")} as status
from counted
"""

COSTS = f"""
with of_contacts as (
    select cast(trunc(contacted_on, 'MM') as date) as month_on, channel, segment, count(*) as contact_count,
        count_if(is_solved and not is_repeated and not is_reopened) as resolution_count,
        count_if(person is not null and has_history) as judged_count,
        count_if(person is not null and has_history and is_marked and not is_repeated and not is_reopened) as resolved_at_once_count
    from contacts group by 1, 2, 3
),
of_sales as (
    select month_on, channel, segment, count(*) as sale_count, count_if(is_returned) as returned_order_count,
        count_if(margin is null) as margin_unknown_count, double(sum(revenue)) as revenue_amount, double(sum(margin)) as margin_amount
    from sales group by 1, 2, 3
),
booked as (
    select month_on, channel, double(coalesce(sum(cost) filter (where category = 'service'), 0)) as service,
        double(coalesce(sum(cost) filter (where category = 'selling'), 0)) as selling,
        double(coalesce(sum(cost) filter (where category = 'remediation'), 0)) as remediation
    from bookings group by 1, 2
),
weighed as (
    select month_on, channel, segment, contact_count as own, sum(contact_count) over (partition by month_on, channel order by segment) as upto,
        sum(contact_count) over (partition by month_on, channel) as total,
        sum(contact_count) over (partition by month_on order by channel, segment) as upto_all,
        sum(contact_count) over (partition by month_on) as total_all
    from of_contacts
),
sliced as (
    select booked.month_on, booked.channel, coalesce(weighed.segment, 'unallocated') as segment, coalesce(upto / total, 1D) as upto,
        coalesce((upto - own) / total, 0D) as below, service, selling, remediation
    from booked left join weighed on weighed.month_on = booked.month_on and weighed.channel = booked.channel
    where booked.channel <> 'unallocated'
    union all
    select booked.month_on, coalesce(weighed.channel, 'unallocated'), coalesce(weighed.segment, 'unallocated'), coalesce(upto_all / total_all, 1D),
        coalesce((upto_all - own) / total_all, 0D), service, selling, remediation
    from booked left join weighed on weighed.month_on = booked.month_on where booked.channel = 'unallocated'
),
of_costs as (
    select month_on, channel, segment, sum({money("service * upto")} - {money("service * below")}) as service_cost_amount,
        sum({money("selling * upto")} - {money("selling * below")}) as selling_cost_amount,
        sum({money("remediation * upto")} - {money("remediation * below")}) as remediation_cost_amount
    from sliced group by 1, 2, 3
),
summed as (
    select month_on, channel, segment, coalesce(contact_count, 0) as contact_count, coalesce(resolution_count, 0) as resolution_count,
        coalesce(judged_count, 0) as judged_count, coalesce(resolved_at_once_count, 0) as resolved_at_once_count,
        coalesce(sale_count, 0) as sale_count, coalesce(returned_order_count, 0) as returned_order_count,
        coalesce(margin_unknown_count, 0) as margin_unknown_count, coalesce(revenue_amount, 0) as revenue_amount,
        coalesce(margin_amount, 0) as margin_amount, round(coalesce(service_cost_amount, 0), 6) as service_cost_amount,
        round(coalesce(selling_cost_amount, 0), 6) as selling_cost_amount, round(coalesce(remediation_cost_amount, 0), 6) as remediation_cost_amount
    from of_contacts full join of_sales using (month_on, channel, segment) full join of_costs using (month_on, channel, segment)
)
select *, {over("nullif(service_cost_amount, 0)", "sale_count")} as cost_per_sale_service_only,
    {over("nullif(service_cost_amount, 0) + nullif(selling_cost_amount, 0)", "sale_count")} as cost_per_sale_service_plus_selling,
    {over("nullif(service_cost_amount, 0)", "contact_count")} as cost_per_contact,
    {over("nullif(service_cost_amount, 0)", "resolution_count")} as cost_per_resolution,
    {over(over("nullif(service_cost_amount, 0)", "contact_count"), over("resolved_at_once_count", "judged_count"))} as cost_per_contact_over_fcr,
    {over("nullif(remediation_cost_amount, 0)", "returned_order_count")} as cost_per_returned_order,
    {over("revenue_amount", "service_cost_amount")} as revenue_per_service_dollar,
    {over("margin_amount", "service_cost_amount")} as margin_per_service_dollar,
    case when service_cost_amount <> 0 then {status("sale_count")} else 'no_data' end as status
from summed
"""

ROI = f"""
with of_contacts as (
    select cast(trunc(contacted_on, 'MM') as date) as month_on, touchpoint, count(distinct person) as customer_count, sum(csat_n) as rated_n,
        sum(csat_good) as rated_satisfied, sum(csat_bad) as rated_dissatisfied
    from contacts where person is not null group by 1, 2
),
of_sales as (
    select month_on, touchpoint, double(coalesce(sum(margin) filter (where service_role = 'recovered'), 0)) as recovered,
        double(coalesce(sum(margin) filter (where service_role = 'attributed'), 0)) as attributed
    from sales where margin is not null and service_role <> 'none' group by 1, 2
),
of_costs as (
    select month_on, touchpoint, double(sum(cost)) as service_cost_amount from bookings where category = 'service' group by 1, 2
),
joined as (
    select month_on, touchpoint, coalesce(customer_count, 0) as customer_count, coalesce(rated_n, 0) as rated_n,
        coalesce(rated_satisfied, 0) as rated_satisfied, coalesce(rated_dissatisfied, 0) as rated_dissatisfied,
        coalesce(recovered, 0) as recovered_margin_amount, coalesce(attributed, 0) as attributed,
        coalesce(service_cost_amount, 0) as service_cost_amount
    from of_contacts full join of_sales using (month_on, touchpoint) full join of_costs using (month_on, touchpoint)
),
rated as (
    select *, {over("rated_satisfied", "rated_n")} as good, {over("rated_dissatisfied", "rated_n")} as bad, rated_n >= 30 as is_measured,
        {share("rated_satisfied", "rated_n", "rated")}
    from joined
),
shares as (
    select *, case when is_measured then good else 0.4D end as satisfied_share,
        case when is_measured then rated_ci_low else 0.3D end as satisfied_share_ci_low,
        case when is_measured then rated_ci_high else 0.5D end as satisfied_share_ci_high,
        case when is_measured then {over("rated_n - rated_satisfied - rated_dissatisfied", "rated_n")} else 0.3D end as mollified_share,
        case when is_measured then bad else 0.3D end as dissatisfied_share,
        case when is_measured then good else 0.3D end as good_low, case when is_measured then bad else 0.4D end as bad_high,
        case when is_measured then good else 0.5D end as good_high, case when is_measured then bad else 0.2D end as bad_low,
        case when is_measured then 'measured' else 'assumed' end as shares_basis, {money("attributed * 0.5D")} as new_margin_amount
    from rated
),
kept as (
    select *, satisfied_share * 0.88D + (1D - satisfied_share - dissatisfied_share) * 0.72D + dissatisfied_share * 0.40D - 0.70D as usual,
        good_low * 0.8D + (1D - good_low - bad_high) * 0.6D + bad_high * 0.25D - 0.8D as low,
        good_high * 0.95D + (1D - good_high - bad_low) * 0.8D + bad_low * 0.55D - 0.6D as high
    from shares
),
prevented as (
    select *, {money("customer_count * usual * 100")} as prevented_damage_amount,
        {money("least(low * 50, low * 150) * customer_count")} as prevented_damage_low_amount,
        {money("greatest(high * 50, high * 150) * customer_count")} as prevented_damage_high_amount,
        attributed - new_margin_amount as marketing_margin_amount
    from kept
)
select *, case when service_cost_amount > 0 then
        (prevented_damage_amount + recovered_margin_amount + new_margin_amount - service_cost_amount) / service_cost_amount end as roi,
    case when service_cost_amount > 0 then (prevented_damage_low_amount + recovered_margin_amount
        + least(attributed * 0.25D, attributed * 0.75D) - service_cost_amount) / service_cost_amount end as roi_low,
    case when service_cost_amount > 0 then (prevented_damage_high_amount + recovered_margin_amount
        + greatest(attributed * 0.25D, attributed * 0.75D) - service_cost_amount) / service_cost_amount end as roi_high,
    {status("customer_count")} as status
from prevented
"""


def main():
    inbox, out = Path(sys.argv[1]).resolve() / "inbox", Path(sys.argv[2]).resolve()
    newest = dt.date.fromisoformat(max(path.name for path in inbox.glob("*/*")))
    as_of = dt.datetime.combine(newest + dt.timedelta(days=1), dt.time(), ZoneInfo(ZONE)).astimezone(dt.UTC).replace(tzinfo=None)
    spark = (
        SparkSession.builder.master("local[2]").appName("feedback")
        .config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "4").config("spark.ui.enabled", "false").config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", "3g").config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.warehouse.dir", str(out / "warehouse")).config("spark.log.level", "ERROR").getOrCreate()
    )  # fmt: skip
    for feed in ("customers", "survey", "texts", "orders", "costs"):
        rows = spark.read.csv(f"{inbox}/{feed}/*/*.csv", header=True, multiLine=True, escape='"', sep=";" if feed == "costs" else ",")
        rows.createOrReplaceTempView(feed)
    spark.read.json(f"{inbox}/tickets/*/*.json", schema=TICKET).createOrReplaceTempView("ticket_pages")
    spark.read.json(f"{inbox}/audits/*/*.json", schema=AUDIT).createOrReplaceTempView("audit_pages")
    steps = {
        "people": PEOPLE, "responses": RESPONSES, "replies": REPLIES, "histories": HISTORIES,
        "contacts": CONTACTS.replace("{as_of}", str(as_of)), "sales": SALES, "bookings": BOOKINGS,
    }  # fmt: skip
    for name, query in steps.items():
        spark.sql(query).cache().createOrReplaceTempView(name)
    spark.sql(ANCHORS).createOrReplaceTempView("anchors")
    anchored = "select contacts.*, anchor is not null as is_anchor from contacts left join anchors on anchor = id"
    spark.sql(anchored).createOrReplaceTempView("anchored")
    for name, query in zip(TABLES, (SATISFACTION, RESOLUTION, COSTS, ROI), strict=True):
        spark.sql(query).coalesce(1).write.mode("overwrite").parquet(str(out / f"{name}.spark"))
        shutil.copyfile(next((out / f"{name}.spark").glob("*.parquet")), out / f"{name}.parquet")
    gateway = spark.sparkContext._gateway  # noqa: SLF001  # waited for, so that its processor time is counted with ours
    spark.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()


if __name__ == "__main__":
    main()
