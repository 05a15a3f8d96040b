{% macro over(numerator, denominator) %}({{ numerator }})::double / nullif(({{ denominator }})::double, 0){% endmacro %}

{% macro share(k, n, name) %}
    {{ k }}::double / nullif({{ n }}, 0) as {{ name }},
    case when {{ n }} = 0 then null when {{ k }} = 0 then 0.0 else
        ({{ k }} + 1.9207294103470618 - 1.959963984540054 * sqrt({{ k }}::double * ({{ n }} - {{ k }}) / {{ n }} + 0.9603647051735309))
        / ({{ n }} + 3.8414588206941236) end as {{ name }}_ci_low,
    case when {{ n }} = 0 then null when {{ k }} = {{ n }} then 1.0 else
        ({{ k }} + 1.9207294103470618 + 1.959963984540054 * sqrt({{ k }}::double * ({{ n }} - {{ k }}) / {{ n }} + 0.9603647051735309))
        / ({{ n }} + 3.8414588206941236) end as {{ name }}_ci_high
{% endmacro %}

{% macro money(amount) %}floor(({{ amount }}) * 10000 + 0.5) / 10000{% endmacro %}

{% macro status(n, nothing="'no_data'") %}
    case when {{ n }} = 0 then {{ nothing }} when {{ n }} < 30 then 'small_sample' else 'ok' end
{% endmacro %}

{% macro business_day(at_utc) %}(({{ at_utc }} at time zone 'UTC') at time zone 'Europe/Berlin')::date{% endmacro %}

{% macro is_email(text) %}regexp_full_match({{ text }}, '[^@\s<>,;"()]{1,64}@[^@\s<>,;"()]{1,255}'){% endmacro %}

