select date_trunc('month', try_strptime(posted_on, '%d.%m.%Y'))::date as month_on,
    case account when '6100' then 'service' when '6200' then 'selling' when '6300' then 'marketing' when '6400' then 'remediation' end as category,
    case way when 'Telefon' then 'phone' when 'E-Mail' then 'email' when 'Web' then 'web' when 'Chat' then 'chat' else 'unallocated' end
        as channel,
    case place when 'KS10' then 'service_center' when 'KS20' then 'self_service' when 'KS30' then 'account_management' when 'KS40' then 'field'
        else 'unallocated' end as touchpoint,
    coalesce(replace(debit, ',', '.')::decimal(18, 4), 0) - coalesce(replace(credit, ',', '.')::decimal(18, 4), 0) as cost
from (select distinct * from raw.costs)
where try_strptime(posted_on, '%d.%m.%Y') is not null and account in ('6100', '6200', '6300', '6400')
