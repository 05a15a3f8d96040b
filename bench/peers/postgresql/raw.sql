CREATE SCHEMA IF NOT EXISTS raw;
CREATE TABLE IF NOT EXISTS raw.files (path text PRIMARY KEY);
CREATE UNLOGGED TABLE IF NOT EXISTS raw.customers (
    customer_number text, email text, phone text, segment text, region text, customer_since text, last_changed text);
CREATE UNLOGGED TABLE IF NOT EXISTS raw.survey (
    response_id text, answered_at text, changed_at text, email text, invite text, ticket text, channel text, touchpoint text, satisfied text,
    recommend text, easy text, solved text, comment text);
CREATE UNLOGGED TABLE IF NOT EXISTS raw.texts (
    sender text, recipient text, body text, status text, sent_date text, api_version text, segments text, error_code text, account text, sid text,
    direction text, price text, price_unit text);
CREATE UNLOGGED TABLE IF NOT EXISTS raw.orders (
    order_id text, ordered_at text, changed_at text, shop text, status text, net text, margin text, refunded text, currency text,
    service_role text, touchpoint text, customer_id text);
CREATE UNLOGGED TABLE IF NOT EXISTS raw.costs (
    id text, posted_on text, account text, debit text, credit text, currency text, way text, place text);
CREATE UNLOGGED TABLE IF NOT EXISTS raw.tickets (page jsonb);
CREATE UNLOGGED TABLE IF NOT EXISTS raw.audits (page jsonb);

CREATE OR REPLACE FUNCTION as_time(told text) RETURNS timestamp LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN told::timestamp; EXCEPTION WHEN others THEN RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION as_instant(told text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN told::timestamptz; EXCEPTION WHEN others THEN RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION as_day(told text) RETURNS date LANGUAGE plpgsql IMMUTABLE AS
    $$ BEGIN RETURN to_date(told, 'DD.MM.YYYY'); EXCEPTION WHEN others THEN RETURN NULL; END $$;
CREATE OR REPLACE FUNCTION as_number(told text) RETURNS numeric LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE WHEN told ~ '^-?[0-9]+(\.[0-9]+)?$' THEN told::numeric END $$;
CREATE OR REPLACE FUNCTION local_time(told timestamp) RETURNS timestamp LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE WHEN (told AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'Europe/Berlin' = told
       THEN (told AT TIME ZONE 'Europe/Berlin') AT TIME ZONE 'UTC' END $$;
CREATE OR REPLACE FUNCTION business_day(at timestamp) RETURNS date LANGUAGE sql IMMUTABLE AS
    $$ SELECT ((at AT TIME ZONE 'UTC') AT TIME ZONE 'Europe/Berlin')::date $$;
CREATE OR REPLACE FUNCTION quotient(a float8, b float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$ SELECT a / nullif(b, 0) $$;
CREATE OR REPLACE FUNCTION money(amount float8) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$ SELECT floor(amount * 10000 + 0.5) / 10000 $$;
CREATE OR REPLACE FUNCTION status_of(n bigint, nothing text) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE WHEN n = 0 THEN nothing WHEN n < 30 THEN 'small_sample' ELSE 'ok' END $$;
CREATE OR REPLACE FUNCTION wilson(k float8, n float8, side int) RETURNS float8 LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE WHEN n = 0 THEN NULL WHEN side < 0 AND k = 0 THEN 0 WHEN side > 0 AND k = n THEN 1
       ELSE (k + 1.9207294103470618 + side * 1.959963984540054 * sqrt(k * (n - k) / n + 0.9603647051735309)) / (n + 3.8414588206941236) END $$;
