DROP SCHEMA IF EXISTS kpi CASCADE;
DROP SCHEMA IF EXISTS core CASCADE;
CREATE SCHEMA core;
CREATE SCHEMA kpi;

CREATE UNLOGGED TABLE core.people AS
WITH records AS (
    SELECT DISTINCT ON (customer_number) customer_number, lower(email) AS email, segment, as_time(last_changed) AS changed,
        regexp_replace(replace(phone, ' ', ''), '^0', '+44') AS phone, coalesce(lower(email), customer_number) AS person
    FROM raw.customers
    WHERE (email IS NULL OR email ~ '^[^@\s<>,;"()]{1,64}@[^@\s<>,;"()]{1,255}$') AND as_time(customer_since) IS NOT NULL
        AND as_time(last_changed) IS NOT NULL
    ORDER BY customer_number, as_time(last_changed) DESC
),
segments AS (
    SELECT DISTINCT ON (person) person, segment FROM records WHERE segment IS NOT NULL ORDER BY person, changed DESC, customer_number DESC
)
SELECT customer_number, email, phone, person, segments.segment FROM records LEFT JOIN segments USING (person);
CREATE INDEX ON core.people (customer_number);
ANALYZE core.people;

CREATE UNLOGGED TABLE core.responses AS
WITH told AS (
    SELECT response_id, invite, ticket::bigint AS ticket, channel, touchpoint, lower(email) AS email, solved, satisfied, recommend, easy,
        as_number(satisfied) AS csat, as_number(recommend) AS nps, as_number(easy) AS ces,
        local_time(as_time(answered_at)) AS at, local_time(as_time(changed_at)) AS changed
    FROM raw.survey
),
current_ones AS (
    SELECT DISTINCT ON (response_id) * FROM told
    WHERE at IS NOT NULL AND changed IS NOT NULL AND (email IS NULL OR email ~ '^[^@\s<>,;"()]{1,64}@[^@\s<>,;"()]{1,255}$')
        AND (touchpoint IS NULL OR touchpoint IN ('account_management', 'service_center', 'executive_relations', 'self_service', 'field'))
        AND (satisfied IS NULL OR coalesce(csat BETWEEN 1 AND 5, false)) AND (recommend IS NULL OR coalesce(nps BETWEEN 0 AND 10, false))
        AND (easy IS NULL OR coalesce(ces BETWEEN 1 AND 7, false))
    ORDER BY response_id, changed DESC
),
segments AS (SELECT email, min(segment) AS segment FROM core.people WHERE email IS NOT NULL GROUP BY email)
SELECT response_id, ticket, channel, coalesce(touchpoint, 'unknown') AS touchpoint, coalesce(segment, 'unknown') AS segment, at,
    business_day(at) AS answered_on, csat, nps, ces, solved,
    row_number() OVER (PARTITION BY coalesce(invite, response_id) ORDER BY at DESC, response_id COLLATE "C" DESC) > 1 AS is_superseded
FROM current_ones LEFT JOIN segments USING (email);
ANALYZE core.responses;

CREATE UNLOGGED TABLE core.messages AS
SELECT DISTINCT ON (sid) sid, body, direction = 'inbound' AS is_inbound, at, coalesce(person, told.phone) AS person,
    coalesce(segment, 'unknown') AS segment
FROM (
    SELECT *, CASE WHEN direction = 'inbound' THEN sender ELSE recipient END AS phone, as_instant(sent_date) AT TIME ZONE 'UTC' AS at FROM raw.texts
) AS told
LEFT JOIN (SELECT phone, person, segment FROM core.people WHERE phone IS NOT NULL) AS known ON known.phone = told.phone
WHERE at IS NOT NULL AND told.phone ~ '^\+\d{7,15}$';
CREATE INDEX ON core.messages (person, at) WHERE NOT is_inbound AND body LIKE '%how was our service%';
ANALYZE core.messages;

CREATE UNLOGGED TABLE core.replies AS
WITH numbers AS (
    SELECT sid, at, person, segment, found[1]::int AS value, found[2]::int AS out_of
    FROM core.messages, regexp_match(body, '^\s*([0-9]{1,3})\s*(?:/\s*([0-9]{1,3}))?[\s!.,]*$') AS found
    WHERE is_inbound AND found IS NOT NULL
)
SELECT numbers.sid, business_day(numbers.at) AS answered_on, segment, value AS csat,
    row_number() OVER (PARTITION BY asked.sid ORDER BY numbers.at DESC, numbers.sid DESC) > 1 AS is_superseded
FROM numbers
CROSS JOIN LATERAL (
    SELECT sid, at FROM core.messages
    WHERE NOT is_inbound AND body LIKE '%how was our service%' AND person = numbers.person AND messages.at <= numbers.at
    ORDER BY at DESC LIMIT 1
) AS asked
WHERE value BETWEEN 1 AND 5 AND coalesce(out_of, 5) = 5 AND numbers.at <= asked.at + interval '48 hours';

CREATE UNLOGGED TABLE core.audits AS
SELECT DISTINCT ON (id) id, ticket_id, as_instant(created_at) AT TIME ZONE 'UTC' AS at, author_id, events
FROM raw.audits, jsonb_to_recordset(page -> 'audits') AS audit (id bigint, ticket_id bigint, created_at text, author_id bigint, events jsonb)
WHERE id IS NOT NULL AND ticket_id IS NOT NULL AND events IS NOT NULL AND as_instant(created_at) IS NOT NULL AND created_at ~ '^\d';
ANALYZE core.audits;

CREATE UNLOGGED TABLE core.histories AS
WITH steps AS (
    SELECT ticket_id, at, author_id, events @> '[{"type": "Create"}]' AS is_created, event ->> 'type' AS type, event ->> 'field_name' AS field,
        coalesce(event ->> 'value' IN ('solved', 'closed'), false) AS is_finished,
        coalesce(event ->> 'previous_value' IN ('solved', 'closed'), false) AS was_finished
    FROM core.audits, jsonb_array_elements(events) AS event
),
customers AS (
    SELECT DISTINCT (person ->> 'id')::bigint AS author_id
    FROM raw.audits, jsonb_array_elements(page -> 'users') AS person WHERE person ->> 'role' = 'end-user'
),
moments AS (
    SELECT ticket_id,
        min(at) FILTER (WHERE type = 'Change' AND field = 'status' AND is_finished AND NOT was_finished) AS first_solved,
        min(at) FILTER (WHERE type = 'Change' AND field = 'status' AND was_finished AND NOT is_finished) AS first_reopened,
        min(at) FILTER (WHERE type = 'Comment' AND NOT is_created AND customers.author_id IS NOT NULL) AS first_written
    FROM steps LEFT JOIN customers USING (author_id) GROUP BY ticket_id
)
SELECT ticket_id, first_solved, first_reopened,
    first_written IS NOT NULL AND (first_solved IS NULL OR first_written < first_solved) AS wrote_again
FROM moments;
ANALYZE core.histories;

CREATE UNLOGGED TABLE core.ordered AS
WITH told AS (
    SELECT DISTINCT ON (id) id, created_at, via ->> 'channel' AS way, status, requester_id, submitter_id, tags, custom_fields
    FROM raw.tickets, jsonb_to_recordset(page -> 'tickets') AS ticket (id bigint, created_at text, generated_timestamp bigint, via jsonb,
        status text, requester_id bigint, submitter_id bigint, tags jsonb, custom_fields jsonb)
    WHERE id IS NOT NULL AND as_instant(created_at) IS NOT NULL AND via ->> 'channel' IN ('email', 'web', 'chat', 'voice')
        AND status IN ('new', 'open', 'pending', 'hold', 'solved', 'closed', 'deleted')
    ORDER BY id, generated_timestamp DESC
),
tickets AS (
    SELECT id, as_instant(created_at) AT TIME ZONE 'UTC' AS at, requester_id, status, CASE way WHEN 'voice' THEN 'phone' ELSE way END AS channel,
        coalesce(jsonb_path_query_first(custom_fields, '$[*] ? (@.id == 27642)') ->> 'value', 'unknown') AS category,
        coalesce(jsonb_path_query_first(custom_fields, '$[*] ? (@.id == 27643)') ->> 'value', 'unknown') AS touchpoint
    FROM told WHERE coalesce(submitter_id = requester_id, true) AND status <> 'deleted' AND NOT tags ? 'closed_by_merge'
),
ratings AS (
    SELECT ticket, count(csat) AS csat_n, count(*) FILTER (WHERE csat >= 4) AS csat_good, count(*) FILTER (WHERE csat <= 2) AS csat_bad,
        (array_agg(solved ORDER BY at DESC, response_id COLLATE "C" DESC) FILTER (WHERE solved IS NOT NULL))[1] = 'yes' AS said
    FROM core.responses WHERE ticket IS NOT NULL AND NOT is_superseded GROUP BY ticket
),
joined AS (
    SELECT tickets.id, tickets.at, tickets.channel, category, touchpoint, business_day(tickets.at) AS contacted_on,
        coalesce(person, requester_id::text) AS person, coalesce(segment, 'unknown') AS segment,
        coalesce(person, requester_id::text, 'ticket ' || tickets.id) AS customer_group, histories.ticket_id IS NOT NULL AS has_history,
        first_solved IS NOT NULL OR status IN ('solved', 'closed') AS is_solved,
        coalesce(first_reopened - tickets.at <= interval '7 days', false) AS is_reopened,
        coalesce(first_solved IS NOT NULL AND NOT wrote_again, false) AS is_marked,
        coalesce(csat_n, 0) AS csat_n, coalesce(csat_good, 0) AS csat_good, coalesce(csat_bad, 0) AS csat_bad, said
    FROM tickets
    LEFT JOIN core.people ON people.customer_number = requester_id::text
    LEFT JOIN core.histories ON histories.ticket_id = tickets.id
    LEFT JOIN ratings ON ratings.ticket = tickets.id
)
SELECT *, row_number() OVER same_case AS place, coalesce(lead(at) OVER same_case - at <= interval '7 days', false) AS is_repeated,
    coalesce(lead(at) OVER (PARTITION BY customer_group, category, channel ORDER BY at, id) - at <= interval '7 days', false) AS is_repeated_same,
    person IS NOT NULL AND at <= (SELECT as_of FROM raw.known_until) - interval '7 days' AS is_mature
FROM joined WINDOW same_case AS (PARTITION BY customer_group, category ORDER BY at, id);
CREATE INDEX ON core.ordered (customer_group, category, place);
ANALYZE core.ordered;

CREATE UNLOGGED TABLE core.contacts AS
WITH RECURSIVE walked AS (
    SELECT customer_group, category, place, at AS anchored, id, true AS is_anchor FROM core.ordered WHERE place = 1
    UNION ALL
    SELECT ordered.customer_group, ordered.category, ordered.place,
        CASE WHEN ordered.at > anchored + interval '7 days' THEN ordered.at ELSE anchored END, ordered.id, ordered.at > anchored + interval '7 days'
    FROM walked JOIN core.ordered ON ordered.customer_group = walked.customer_group AND ordered.category = walked.category
        AND ordered.place = walked.place + 1
)
SELECT ordered.*, walked.is_anchor FROM core.ordered JOIN walked USING (id);
ANALYZE core.contacts;

CREATE UNLOGGED TABLE core.sales AS
WITH told AS (
    SELECT order_id, customer_id, status, service_role, touchpoint, CASE currency WHEN 'EUR' THEN 1.0 WHEN 'USD' THEN 0.92 END AS rate,
        CASE shop WHEN 'webshop' THEN 'web' WHEN 'app' THEN 'app' WHEN 'phone order' THEN 'phone' END AS channel,
        as_instant(ordered_at) AS at, as_instant(changed_at) AS changed, as_number(net) AS net, margin AS told_margin,
        as_number(margin) AS margin, as_number(refunded) AS refunded
    FROM raw.orders
),
current_ones AS (
    SELECT DISTINCT ON (order_id) * FROM told
    WHERE rate IS NOT NULL AND channel IS NOT NULL AND at IS NOT NULL AND changed IS NOT NULL AND net IS NOT NULL AND refunded IS NOT NULL
        AND (told_margin IS NULL OR margin IS NOT NULL)
    ORDER BY order_id, changed DESC
)
SELECT date_trunc('month', (at AT TIME ZONE 'Europe/Berlin')::date)::date AS month_on, channel, coalesce(segment, 'unknown') AS segment,
    coalesce(touchpoint, 'unknown') AS touchpoint, service_role, refunded > 0 AS is_returned, round((net - refunded) * rate, 4) AS revenue,
    round((margin - refunded) * rate, 4) AS margin
FROM current_ones LEFT JOIN core.people ON customer_number = customer_id
WHERE status = 'fulfilled';

CREATE UNLOGGED TABLE core.bookings AS
SELECT date_trunc('month', as_day(posted_on))::date AS month_on,
    CASE account WHEN '6100' THEN 'service' WHEN '6200' THEN 'selling' WHEN '6300' THEN 'marketing' WHEN '6400' THEN 'remediation' END AS category,
    CASE way WHEN 'Telefon' THEN 'phone' WHEN 'E-Mail' THEN 'email' WHEN 'Web' THEN 'web' WHEN 'Chat' THEN 'chat' ELSE 'unallocated' END AS channel,
    CASE place WHEN 'KS10' THEN 'service_center' WHEN 'KS20' THEN 'self_service' WHEN 'KS30' THEN 'account_management' WHEN 'KS40' THEN 'field'
        ELSE 'unallocated' END AS touchpoint,
    coalesce(replace(debit, ',', '.')::numeric, 0) - coalesce(replace(credit, ',', '.')::numeric, 0) AS cost
FROM (SELECT DISTINCT * FROM raw.costs) AS told
WHERE as_day(posted_on) IS NOT NULL AND account IN ('6100', '6200', '6300', '6400');

CREATE TABLE kpi.satisfaction_daily AS
WITH answers AS (
    SELECT answered_on, channel, touchpoint, segment, csat, nps, ces, is_superseded, 3 AS asked FROM core.responses
    UNION ALL
    SELECT answered_on, 'sms', 'service_center', segment, csat, NULL, NULL, is_superseded, 1 FROM core.replies
),
counted AS (
    SELECT answered_on, channel, touchpoint, segment,
        count(csat) FILTER (WHERE NOT is_superseded) AS csat_n,
        count(*) FILTER (WHERE NOT is_superseded AND csat >= 4) AS csat_satisfied,
        count(*) FILTER (WHERE NOT is_superseded AND csat <= 2) AS csat_dissatisfied,
        coalesce(sum(floor((csat - 1) * 10000 / 4 + 0.5)) FILTER (WHERE NOT is_superseded), 0)::bigint AS csat_score_points,
        count(nps) FILTER (WHERE NOT is_superseded) AS nps_n,
        count(*) FILTER (WHERE NOT is_superseded AND nps >= 9) AS nps_promoters,
        count(*) FILTER (WHERE NOT is_superseded AND nps <= 6) AS nps_detractors,
        count(ces) FILTER (WHERE NOT is_superseded) AS ces_n,
        count(*) FILTER (WHERE NOT is_superseded AND ces >= 5) AS ces_easy,
        coalesce(sum(floor((ces - 1) * 10000 / 6 + 0.5)) FILTER (WHERE NOT is_superseded), 0)::bigint AS ces_score_points,
        coalesce(sum(asked - (csat IS NOT NULL)::int - (nps IS NOT NULL)::int - (ces IS NOT NULL)::int) FILTER (WHERE NOT is_superseded), 0)
            AS skipped_count,
        coalesce(sum(asked) FILTER (WHERE is_superseded), 0) AS superseded_count
    FROM answers GROUP BY 1, 2, 3, 4
)
SELECT counted.*, quotient(csat_satisfied, csat_n) AS csat_top2, wilson(csat_satisfied, csat_n, -1) AS csat_top2_ci_low,
    wilson(csat_satisfied, csat_n, 1) AS csat_top2_ci_high, quotient(ces_easy, ces_n) AS ces_top, wilson(ces_easy, ces_n, -1) AS ces_top_ci_low,
    wilson(ces_easy, ces_n, 1) AS ces_top_ci_high, quotient(csat_score_points, csat_n * 10000) AS csat_mean_score,
    quotient(ces_score_points, ces_n * 10000) AS ces_mean_score, nps_n - nps_promoters - nps_detractors AS nps_passives,
    quotient((nps_promoters - nps_detractors) * 100, nps_n) AS nps,
    CASE WHEN nps_n > 0 THEN greatest((p - d - half) * 100, -100) END AS nps_ci_low,
    CASE WHEN nps_n > 0 THEN least((p - d + half) * 100, 100) END AS nps_ci_high,
    status_of(greatest(csat_n, nps_n, ces_n), 'no_data') AS status
FROM counted
CROSS JOIN LATERAL (SELECT (nps_promoters + 0.75)::float8 / (nps_n + 3) AS p, (nps_detractors + 0.75)::float8 / (nps_n + 3) AS d) AS shares
CROSS JOIN LATERAL (SELECT 1.959963984540054::float8 * sqrt((p + d - (p - d) * (p - d)) / (nps_n + 3)) AS half) AS margin;

CREATE TABLE kpi.first_contact_resolution_daily AS
WITH counted AS (
    SELECT contacted_on, channel, category, touchpoint, count(*) AS contact_count,
        count(*) FILTER (WHERE person IS NULL) AS n_excluded,
        count(*) FILTER (WHERE person IS NOT NULL AND NOT is_mature) AS n_immature,
        count(*) FILTER (WHERE is_mature) AS n_eligible,
        count(*) FILTER (WHERE is_mature AND has_history AND is_marked AND NOT is_repeated AND NOT is_reopened) AS resolved_count,
        count(*) FILTER (WHERE is_mature AND has_history) AS judged_count,
        count(*) FILTER (WHERE is_mature AND NOT has_history) AS n_without_history,
        count(*) FILTER (WHERE is_mature AND is_anchor) AS anchor_count,
        count(*) FILTER (WHERE person IS NOT NULL AND NOT is_mature AND is_anchor) AS anchor_immature_count,
        count(*) FILTER (WHERE is_mature AND is_anchor AND is_repeated_same) AS anchor_repeated_same_channel_count,
        count(*) FILTER (WHERE is_mature AND is_anchor AND is_repeated) AS anchor_repeated_count,
        count(*) FILTER (WHERE person IS NOT NULL AND said IS NOT NULL) AS survey_n,
        count(*) FILTER (WHERE person IS NOT NULL AND said) AS survey_yes_count
    FROM core.contacts GROUP BY 1, 2, 3, 4
),
once AS (SELECT *, anchor_count - anchor_repeated_same_channel_count AS once_same, anchor_count - anchor_repeated_count AS once FROM counted)
SELECT *, quotient(resolved_count, judged_count) AS fcr_gross, wilson(resolved_count, judged_count, -1) AS fcr_gross_ci_low,
    wilson(resolved_count, judged_count, 1) AS fcr_gross_ci_high, quotient(once_same, anchor_count) AS fcr_repeat,
    wilson(once_same, anchor_count, -1) AS fcr_repeat_ci_low, wilson(once_same, anchor_count, 1) AS fcr_repeat_ci_high,
    quotient(once, anchor_count) AS ocr, wilson(once, anchor_count, -1) AS ocr_ci_low, wilson(once, anchor_count, 1) AS ocr_ci_high,
    quotient(survey_yes_count, survey_n) AS fcr_survey, wilson(survey_yes_count, survey_n, -1) AS fcr_survey_ci_low,
    wilson(survey_yes_count, survey_n, 1) AS fcr_survey_ci_high,
    status_of(n_eligible, CASE WHEN n_immature > 0 THEN 'immature' ELSE 'no_data' END) AS status
FROM once;

CREATE TABLE kpi.cost_per_sale_monthly AS
WITH of_contacts AS (
    SELECT date_trunc('month', contacted_on)::date AS month_on, channel, segment, count(*) AS contact_count,
        count(*) FILTER (WHERE is_solved AND NOT is_repeated AND NOT is_reopened) AS resolution_count,
        count(*) FILTER (WHERE person IS NOT NULL AND has_history) AS judged_count,
        count(*) FILTER (WHERE person IS NOT NULL AND has_history AND is_marked AND NOT is_repeated AND NOT is_reopened) AS resolved_at_once_count
    FROM core.contacts GROUP BY 1, 2, 3
),
of_sales AS (
    SELECT month_on, channel, segment, count(*) AS sale_count, count(*) FILTER (WHERE is_returned) AS returned_order_count,
        count(*) FILTER (WHERE margin IS NULL) AS margin_unknown_count, sum(revenue)::float8 AS revenue_amount, sum(margin)::float8 AS margin_amount
    FROM core.sales GROUP BY 1, 2, 3
),
booked AS (
    SELECT month_on, channel, coalesce(sum(cost) FILTER (WHERE category = 'service'), 0)::float8 AS service,
        coalesce(sum(cost) FILTER (WHERE category = 'selling'), 0)::float8 AS selling,
        coalesce(sum(cost) FILTER (WHERE category = 'remediation'), 0)::float8 AS remediation
    FROM core.bookings GROUP BY 1, 2
),
weighed AS (
    SELECT month_on, channel, segment, contact_count::float8 AS own, (sum(contact_count) OVER by_channel)::float8 AS upto,
        (sum(contact_count) OVER (PARTITION BY month_on, channel))::float8 AS total, (sum(contact_count) OVER by_month)::float8 AS upto_all,
        (sum(contact_count) OVER (PARTITION BY month_on))::float8 AS total_all
    FROM of_contacts
    WINDOW by_channel AS (PARTITION BY month_on, channel ORDER BY segment COLLATE "C"),
        by_month AS (PARTITION BY month_on ORDER BY channel COLLATE "C", segment COLLATE "C")
),
sliced AS (
    SELECT booked.month_on, booked.channel, coalesce(weighed.segment, 'unallocated') AS segment, coalesce(upto / total, 1) AS upto,
        coalesce((upto - own) / total, 0) AS below, service, selling, remediation
    FROM booked LEFT JOIN weighed ON weighed.month_on = booked.month_on AND weighed.channel = booked.channel
    WHERE booked.channel <> 'unallocated'
    UNION ALL
    SELECT booked.month_on, coalesce(weighed.channel, 'unallocated'), coalesce(weighed.segment, 'unallocated'), coalesce(upto_all / total_all, 1),
        coalesce((upto_all - own) / total_all, 0), service, selling, remediation
    FROM booked LEFT JOIN weighed ON weighed.month_on = booked.month_on WHERE booked.channel = 'unallocated'
),
of_costs AS (
    SELECT month_on, channel, segment, sum(money(service * upto) - money(service * below)) AS service_cost_amount,
        sum(money(selling * upto) - money(selling * below)) AS selling_cost_amount,
        sum(money(remediation * upto) - money(remediation * below)) AS remediation_cost_amount
    FROM sliced GROUP BY 1, 2, 3
),
summed AS (
    SELECT month_on, channel, segment, coalesce(contact_count, 0) AS contact_count, coalesce(resolution_count, 0) AS resolution_count,
        coalesce(judged_count, 0) AS judged_count, coalesce(resolved_at_once_count, 0) AS resolved_at_once_count,
        coalesce(sale_count, 0) AS sale_count, coalesce(returned_order_count, 0) AS returned_order_count,
        coalesce(margin_unknown_count, 0) AS margin_unknown_count, coalesce(revenue_amount, 0) AS revenue_amount,
        coalesce(margin_amount, 0) AS margin_amount, round(coalesce(service_cost_amount, 0)::numeric, 6)::float8 AS service_cost_amount,
        round(coalesce(selling_cost_amount, 0)::numeric, 6)::float8 AS selling_cost_amount,
        round(coalesce(remediation_cost_amount, 0)::numeric, 6)::float8 AS remediation_cost_amount
    FROM of_contacts FULL JOIN of_sales USING (month_on, channel, segment) FULL JOIN of_costs USING (month_on, channel, segment)
)
SELECT *, quotient(nullif(service_cost_amount, 0), sale_count) AS cost_per_sale_service_only,
    quotient(nullif(service_cost_amount, 0) + nullif(selling_cost_amount, 0), sale_count) AS cost_per_sale_service_plus_selling,
    quotient(nullif(service_cost_amount, 0), contact_count) AS cost_per_contact,
    quotient(nullif(service_cost_amount, 0), resolution_count) AS cost_per_resolution,
    quotient(quotient(nullif(service_cost_amount, 0), contact_count), quotient(resolved_at_once_count, judged_count)) AS cost_per_contact_over_fcr,
    quotient(nullif(remediation_cost_amount, 0), returned_order_count) AS cost_per_returned_order,
    quotient(revenue_amount, service_cost_amount) AS revenue_per_service_dollar,
    quotient(margin_amount, service_cost_amount) AS margin_per_service_dollar,
    CASE WHEN service_cost_amount <> 0 THEN status_of(sale_count, 'no_data') ELSE 'no_data' END AS status
FROM summed;

CREATE TABLE kpi.service_roi_monthly AS
WITH of_contacts AS (
    SELECT date_trunc('month', contacted_on)::date AS month_on, touchpoint, count(DISTINCT person) AS customer_count, sum(csat_n)::bigint AS rated_n,
        sum(csat_good)::bigint AS rated_satisfied, sum(csat_bad)::bigint AS rated_dissatisfied
    FROM core.contacts WHERE person IS NOT NULL GROUP BY 1, 2
),
of_sales AS (
    SELECT month_on, touchpoint, coalesce(sum(margin) FILTER (WHERE service_role = 'recovered'), 0)::float8 AS recovered,
        coalesce(sum(margin) FILTER (WHERE service_role = 'attributed'), 0)::float8 AS attributed
    FROM core.sales WHERE margin IS NOT NULL AND service_role <> 'none' GROUP BY 1, 2
),
of_costs AS (
    SELECT month_on, touchpoint, sum(cost)::float8 AS service_cost_amount FROM core.bookings WHERE category = 'service' GROUP BY 1, 2
),
joined AS (
    SELECT month_on, touchpoint, coalesce(customer_count, 0) AS customer_count, coalesce(rated_n, 0) AS rated_n,
        coalesce(rated_satisfied, 0) AS rated_satisfied, coalesce(rated_dissatisfied, 0) AS rated_dissatisfied,
        coalesce(recovered, 0) AS recovered_margin_amount, coalesce(attributed, 0) AS attributed,
        coalesce(service_cost_amount, 0) AS service_cost_amount
    FROM of_contacts FULL JOIN of_sales USING (month_on, touchpoint) FULL JOIN of_costs USING (month_on, touchpoint)
),
shares AS (
    SELECT *, quotient(rated_satisfied, rated_n) AS good, quotient(rated_dissatisfied, rated_n) AS bad, rated_n >= 30 AS is_measured FROM joined
),
told AS (
    SELECT *, CASE WHEN is_measured THEN good ELSE 0.4 END AS satisfied_share,
        CASE WHEN is_measured THEN wilson(rated_satisfied, rated_n, -1) ELSE 0.3 END AS satisfied_share_ci_low,
        CASE WHEN is_measured THEN wilson(rated_satisfied, rated_n, 1) ELSE 0.5 END AS satisfied_share_ci_high,
        CASE WHEN is_measured THEN quotient(rated_n - rated_satisfied - rated_dissatisfied, rated_n) ELSE 0.3 END AS mollified_share,
        CASE WHEN is_measured THEN bad ELSE 0.3 END AS dissatisfied_share,
        CASE WHEN is_measured THEN good ELSE 0.3 END AS good_low, CASE WHEN is_measured THEN bad ELSE 0.4 END AS bad_high,
        CASE WHEN is_measured THEN good ELSE 0.5 END AS good_high, CASE WHEN is_measured THEN bad ELSE 0.2 END AS bad_low,
        CASE WHEN is_measured THEN 'measured' ELSE 'assumed' END AS shares_basis, money(attributed * 0.5) AS new_margin_amount
    FROM shares
),
kept AS (
    SELECT *, satisfied_share * 0.88 + (1.0 - satisfied_share - dissatisfied_share) * 0.72 + dissatisfied_share * 0.40 - 0.70 AS usual,
        good_low * 0.8 + (1.0 - good_low - bad_high) * 0.6 + bad_high * 0.25 - 0.8 AS low,
        good_high * 0.95 + (1.0 - good_high - bad_low) * 0.8 + bad_low * 0.55 - 0.6 AS high
    FROM told
),
prevented AS (
    SELECT *, money(customer_count * usual * 100) AS prevented_damage_amount,
        money(least(low * 50, low * 150) * customer_count) AS prevented_damage_low_amount,
        money(greatest(high * 50, high * 150) * customer_count) AS prevented_damage_high_amount,
        attributed - new_margin_amount AS marketing_margin_amount
    FROM kept
)
SELECT *,
    CASE WHEN service_cost_amount > 0 THEN
        (prevented_damage_amount + recovered_margin_amount + new_margin_amount - service_cost_amount) / service_cost_amount END AS roi,
    CASE WHEN service_cost_amount > 0 THEN (prevented_damage_low_amount + recovered_margin_amount
        + least(attributed * 0.25, attributed * 0.75) - service_cost_amount) / service_cost_amount END AS roi_low,
    CASE WHEN service_cost_amount > 0 THEN (prevented_damage_high_amount + recovered_margin_amount
        + greatest(attributed * 0.25, attributed * 0.75) - service_cost_amount) / service_cost_amount END AS roi_high,
    status_of(customer_count, 'no_data') AS status
FROM prevented;
