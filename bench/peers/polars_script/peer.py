"""The four tables by a Polars script: reads every file of the inbox, computes everything, writes Parquet. No state between runs."""

import datetime as dt
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

ZONE = "Europe/Berlin"
WINDOW = dt.timedelta(days=7)
ASKED_FOR = dt.timedelta(hours=48)
SMALL = 30
DOLLAR = 0.92
Z = 1.959963984540054
EMAIL = r'^[^@\s<>,;"()]{1,64}@[^@\s<>,;"()]{1,255}$'
TOUCHPOINTS = ["account_management", "service_center", "executive_relations", "self_service", "field"]
FINISHED = ["solved", "closed"]


def csv(inbox: Path, feed: str, **options: object) -> pl.LazyFrame:
    return pl.scan_csv(inbox / feed / "*" / "*.csv", infer_schema=False, **options)  # type: ignore[arg-type]  # passed on


def local_time(text: str) -> pl.Expr:
    """Times of the company's clocks to UTC; null where no clock ever showed them."""
    time = pl.col(text).str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
    return time.dt.replace_time_zone(ZONE, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def business_day(at: str) -> pl.Expr:
    return pl.col(at).dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE).dt.date()


def share(k: str, n: str, name: str) -> list[pl.Expr]:
    """A share and its Wilson interval."""
    good, count = pl.col(k).cast(pl.Float64), pl.col(n).cast(pl.Float64)
    half = Z * (good * (count - good) / count + Z * Z / 4).sqrt()
    asked = count > 0
    return [
        pl.when(asked).then(good / count).alias(name),
        pl.when(asked).then(pl.when(good == 0).then(0.0).otherwise((good + Z * Z / 2 - half) / (count + Z * Z))).alias(f"{name}_ci_low"),
        pl.when(asked)
        .then(pl.when(good == count).then(1.0).otherwise((good + Z * Z / 2 + half) / (count + Z * Z)))
        .alias(f"{name}_ci_high"),
    ]


def over(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    return pl.when(denominator != 0).then(numerator / denominator)


def money(amount: pl.Expr) -> pl.Expr:
    return (amount * 10_000 + 0.5).floor() / 10_000


def status(n: str, otherwise: pl.Expr | None = None) -> pl.Expr:
    nothing = pl.lit("no_data") if otherwise is None else otherwise
    return pl.when(pl.col(n) == 0).then(nothing).when(pl.col(n) < SMALL).then(pl.lit("small_sample")).otherwise(pl.lit("ok"))


def customers(inbox: Path) -> pl.DataFrame:
    """Every recorded number and address with its person, and the person's segment; records that share an address are one person."""
    records = (
        csv(inbox, "customers")
        .with_columns(
            since=pl.col("customer_since").str.to_date(strict=False), changed=pl.col("last_changed").str.to_datetime(strict=False)
        )
        .filter(pl.col("email").str.contains(EMAIL).fill_null(value=True), pl.col("since").is_not_null(), pl.col("changed").is_not_null())
        .sort("changed", maintain_order=True)
        .unique("customer_number", keep="last")
        .with_columns(pl.col("email").str.to_lowercase())
        .with_columns(
            person=pl.coalesce("email", "customer_number"),
            phone=pl.col("phone").str.replace_all(" ", "").str.replace("^0", "+44"),
        )
        .collect()
    )
    segments = (
        records.drop_nulls("segment")
        .sort("changed", "customer_number")
        .group_by("person", maintain_order=True)
        .agg(pl.col("segment").last())
    )
    return records.drop("segment").join(segments, on="person", how="left").select("customer_number", "email", "phone", "person", "segment")


def responses(inbox: Path, people: pl.DataFrame) -> pl.DataFrame:
    """Valid responses as last changed, with segment and whether a later one to the same invite took their place."""
    valid = (
        csv(inbox, "survey")
        .with_columns(at=local_time("answered_at"), changed=local_time("changed_at"))
        .with_columns(
            **{
                name: pl.col(asked).cast(pl.Float64, strict=False)
                for name, asked in {"csat": "satisfied", "nps": "recommend", "ces": "easy"}.items()
            }
        )
        .filter(
            pl.col("at").is_not_null() & pl.col("changed").is_not_null(),
            pl.col("email").str.contains(EMAIL).fill_null(value=True),
            pl.col("touchpoint").is_in(TOUCHPOINTS).fill_null(value=True),
            *(
                pl.col(asked).is_null() | pl.col(name).is_between(low, high).fill_null(value=False)
                for name, asked, low, high in (("csat", "satisfied", 1, 5), ("nps", "recommend", 0, 10), ("ces", "easy", 1, 7))
            ),
        )
        .sort("changed", maintain_order=True)
        .unique("response_id", keep="last")
        .with_columns(ballot=pl.coalesce("invite", "response_id"), email=pl.col("email").str.to_lowercase())
        .collect()
    )
    segments = people.drop_nulls("email").unique("email").select("email", "segment")
    return (
        valid.join(segments, on="email", how="left")
        .with_columns(
            answered_on=business_day("at"),
            touchpoint=pl.col("touchpoint").fill_null("unknown"),
            segment=pl.col("segment").fill_null("unknown"),
            is_superseded=pl.col("response_id") != pl.col("response_id").sort_by("at", "response_id").last().over("ballot"),
        )
    )  # fmt: skip


def replied(inbox: Path, people: pl.DataFrame) -> pl.DataFrame:
    """Ratings that customers texted in answer to our question."""
    inbound = pl.col("Direction") == "inbound"
    found = pl.col("Body").str.extract_groups(r"^\s*([0-9]{1,3})\s*(?:/\s*([0-9]{1,3}))?[\s!.,]*$")
    texts = (
        csv(inbox, "texts")
        .with_columns(
            phone=pl.when(inbound).then("From").otherwise("To"), at=pl.col("SentDate").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False)
        )
        .filter(pl.col("at").is_not_null(), pl.col("phone").str.contains(r"^\+\d{7,15}$"))
        .unique("Sid", keep="any")
        .collect()
        .join(people.drop_nulls("phone").select("phone", "person", "segment"), on="phone", how="left")
        .with_columns(person=pl.coalesce("person", "phone"))
        .sort("at")
    )
    asked = texts.filter(~inbound, pl.col("Body").str.contains("how was our service")).select("person", "at", asked_at="at", ask="Sid")
    numbers = (
        texts.filter(inbound)
        .with_columns(value=found.struct["1"].cast(pl.Float64), out_of=found.struct["2"].cast(pl.Float64))
        .drop_nulls("value")
    )
    return (
        numbers.join_asof(asked, on="at", by="person", strategy="backward")
        .filter(
            pl.col("at") <= pl.col("asked_at") + ASKED_FOR, pl.col("out_of").fill_null(5) == 5, pl.col("value").is_between(1, 5)
        )
        .with_columns(
            answered_on=business_day("at"),
            segment=pl.col("segment").fill_null("unknown"),
            is_superseded=pl.col("Sid") != pl.col("Sid").sort_by("at", "Sid").last().over("ask"),
        )
    )  # fmt: skip


def satisfaction_daily(survey: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    given = ["answered_on", "channel", "touchpoint", "segment", "csat", "nps", "ces", "is_superseded", "asked"]
    nothing = pl.lit(None, dtype=pl.Float64)
    answers = pl.concat(
        [
            survey.with_columns(asked=pl.lit(3)).select(given),
            texts.with_columns(
                channel=pl.lit("sms"), touchpoint=pl.lit("service_center"), csat="value", nps=nothing, ces=nothing, asked=pl.lit(1)
            ).select(given),
        ]
    )
    counted = ~pl.col("is_superseded")
    csat, nps, ces = (pl.when(counted).then(name) for name in ("csat", "nps", "ces"))
    filled = sum(pl.col(name).is_not_null().cast(pl.Int64) for name in ("csat", "nps", "ces"))
    n, promoters, detractors = pl.col("nps_n") + 3.0, pl.col("nps_promoters") + 0.75, pl.col("nps_detractors") + 0.75
    p, d = promoters / n, detractors / n
    half = Z * ((p + d - (p - d) ** 2) / n).sqrt()
    return (
        answers.group_by("answered_on", "channel", "touchpoint", "segment")
        .agg(
            csat_n=csat.count(),
            csat_satisfied=(csat >= 4).sum(),
            csat_dissatisfied=(csat <= 2).sum(),
            csat_score_points=((csat - 1) * 10_000 / 4 + 0.5).floor().sum().cast(pl.Int64),
            nps_n=nps.count(),
            nps_promoters=(nps >= 9).sum(),
            nps_detractors=(nps <= 6).sum(),
            ces_n=ces.count(),
            ces_easy=(ces >= 5).sum(),
            ces_score_points=((ces - 1) * 10_000 / 6 + 0.5).floor().sum().cast(pl.Int64),
            skipped_count=pl.when(counted).then(pl.col("asked") - filled).sum(),
            superseded_count=pl.when(~counted).then("asked").sum(),
        )
        .with_columns(pl.col(pl.UInt32).cast(pl.Int64))
        .with_columns(
            *share("csat_satisfied", "csat_n", "csat_top2"),
            *share("ces_easy", "ces_n", "ces_top"),
            csat_mean_score=over(pl.col("csat_score_points"), pl.col("csat_n") * 10_000.0),
            ces_mean_score=over(pl.col("ces_score_points"), pl.col("ces_n") * 10_000.0),
            nps_passives=pl.col("nps_n") - pl.col("nps_promoters") - pl.col("nps_detractors"),
            nps=over((pl.col("nps_promoters") - pl.col("nps_detractors")) * 100.0, pl.col("nps_n")),
            nps_ci_low=pl.when(pl.col("nps_n") > 0).then(((p - d - half) * 100).clip(-100, 100)),
            nps_ci_high=pl.when(pl.col("nps_n") > 0).then(((p - d + half) * 100).clip(-100, 100)),
            largest=pl.max_horizontal("csat_n", "nps_n", "ces_n"),
        )
        .with_columns(status=status("largest"))
    )


def tickets(inbox: Path, people: pl.DataFrame) -> pl.DataFrame:
    """Contacts of customers as last exported, with their customer."""
    field = pl.Struct({"id": pl.Int64, "value": pl.String})
    shape = {
        "id": pl.Int64,
        "created_at": pl.String,
        "generated_timestamp": pl.Int64,
        "via": pl.Struct({"channel": pl.String}),
        "status": pl.String,
        "requester_id": pl.Int64,
        "submitter_id": pl.Int64,
        "tags": pl.List(pl.String),
        "custom_fields": pl.List(field),
    }
    pages = [pages_of(path, "tickets", shape) for path in sorted((inbox / "tickets").glob("*/*.json"))]
    channels = {"email": "email", "web": "web", "chat": "chat", "voice": "phone"}
    custom = pl.col("custom_fields")

    def value(field_id: int) -> pl.Expr:
        return custom.list.filter(pl.element().struct["id"] == field_id).list.first().struct["value"]

    known = people.select(requester=pl.col("customer_number"), person="person", segment="segment")
    return (
        pl.concat(pages)
        .with_columns(
            at=pl.col("created_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False),
            channel=pl.col("via").struct["channel"].replace_strict(channels, default=None),
        )
        .filter(
            pl.col("id").is_not_null(), pl.col("at").is_not_null(), pl.col("channel").is_not_null(),
            pl.col("status").is_in(["new", "open", "pending", "hold", "solved", "closed", "deleted"]),
        )
        .sort("generated_timestamp", maintain_order=True)
        .unique("id", keep="last")
        .filter(
            (pl.col("submitter_id") == pl.col("requester_id")).fill_null(value=True),
            pl.col("status") != "deleted",
            ~pl.col("tags").list.contains("closed_by_merge"),
        )
        .with_columns(
            category=value(27642).fill_null("unknown"),
            touchpoint=value(27643).fill_null("unknown"),
            requester=pl.col("requester_id").cast(pl.String),
        )
        .join(known, on="requester", how="left")
        .with_columns(person=pl.coalesce("person", "requester"), segment=pl.col("segment").fill_null("unknown"))
    )  # fmt: skip


def pages_of(path: Path, key: str, shape: dict[str, object]) -> pl.DataFrame:
    page = pl.read_ndjson(path, schema={key: pl.List(pl.Struct(shape))})  # type: ignore[arg-type]  # a schema by name
    return page.explode(key).unnest(key)


def histories(inbox: Path) -> pl.DataFrame:
    """When each ticket was first solved and first reopened, and whether its customer wrote again before it was solved."""
    event = {"type": pl.String, "field_name": pl.String, "previous_value": pl.String, "value": pl.String}
    audit = {"id": pl.Int64, "ticket_id": pl.Int64, "created_at": pl.String, "author_id": pl.Int64, "events": pl.List(pl.Struct(event))}
    paths = sorted((inbox / "audits").glob("*/*.json"))
    audits = (
        pl.concat([pages_of(path, "audits", audit) for path in paths])
        .with_columns(at=pl.col("created_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False))
        .filter(pl.all_horizontal(pl.col("id", "ticket_id", "at", "events").is_not_null()))
        .unique("id", keep="any")
    )
    users = pl.concat([pages_of(path, "users", {"id": pl.Int64, "role": pl.String}) for path in paths])
    customers_ids = users.filter(pl.col("role") == "end-user").select("id").unique()
    of_events = audits.select("id", "ticket_id", "at", "events").explode("events").unnest("events")
    finished, was_finished = pl.col("value").is_in(FINISHED), pl.col("previous_value").is_in(FINISHED).fill_null(value=False)
    is_move = (pl.col("type") == "Change") & (pl.col("field_name") == "status")
    moves = (
        of_events.filter(is_move)
        .group_by("ticket_id")
        .agg(
            first_solved=pl.col("at").filter(finished & ~was_finished).min(),
            first_reopened=pl.col("at").filter(was_finished & ~finished).min(),
        )
    )
    is_created = (pl.col("type") == "Create").any().over("id")
    written = (
        of_events.filter(~is_created)
        .filter(pl.col("type") == "Comment")
        .select("id", "ticket_id", "at")
        .join(audits.select("id", "author_id"), on="id")
        .join(customers_ids, left_on="author_id", right_on="id", how="semi")
        .group_by("ticket_id")
        .agg(first_written=pl.col("at").min())
    )
    return (
        audits.select("ticket_id").unique().join(moves, on="ticket_id", how="left").join(written, on="ticket_id", how="left")
        .with_columns(
            wrote_again=(pl.col("first_written") < pl.col("first_solved")).fill_null(pl.col("first_written").is_not_null())
        )
    )  # fmt: skip


def interactions(inbox: Path, people: pl.DataFrame, survey: pl.DataFrame, as_of: dt.datetime) -> pl.DataFrame:
    """Contacts with what came after each."""
    rated = survey.filter(~pl.col("is_superseded")).drop_nulls("ticket").with_columns(id=pl.col("ticket").cast(pl.Int64))
    ratings = (
        rated.drop_nulls("csat")
        .group_by("id")
        .agg(
            csat_n=pl.len().cast(pl.Int64),
            csat_good=(pl.col("csat") >= 4).sum().cast(pl.Int64),
            csat_bad=(pl.col("csat") <= 2).sum().cast(pl.Int64),
        )
    )
    said = (
        rated.drop_nulls("solved").sort("at", "response_id").group_by("id", maintain_order=True).agg(said=pl.col("solved").last() == "yes")
    )
    case, order = ["group", "category"], ["at", "id"]
    following = pl.col("at").shift(-1) - pl.col("at")
    contacts = (
        tickets(inbox, people)
        .join(histories(inbox).rename({"ticket_id": "id"}).with_columns(has_history=True), on="id", how="left")
        .join(ratings, on="id", how="left")
        .join(said, on="id", how="left")
        .sort("at", "id")
        .with_columns(
            group=pl.coalesce("person", pl.format("ticket {}", "id")),
            contacted_on=business_day("at"),
            has_history=pl.col("has_history").fill_null(value=False),
            is_solved=pl.col("first_solved").is_not_null() | pl.col("status").is_in(FINISHED),
            is_reopened=(pl.col("first_reopened") - pl.col("at") <= WINDOW).fill_null(value=False),
        )
        .with_columns(
            is_marked=pl.col("has_history") & pl.col("first_solved").is_not_null() & ~pl.col("wrote_again"),
            is_repeated=(following <= WINDOW).fill_null(value=False).over(case, order_by=order),
            is_repeated_same=(following <= WINDOW).fill_null(value=False).over([*case, "channel"], order_by=order),
            starts=(pl.col("at") - pl.col("at").shift(1) > WINDOW).fill_null(value=True).over(case, order_by=order),
            is_mature=pl.col("person").is_not_null() & (pl.col("at") <= as_of - WINDOW),
        )
    )
    return contacts.join(anchors(contacts, case), on="id", how="left").with_columns(is_anchor=pl.col("is_anchor").fill_null(value=False))


def anchors(contacts: pl.DataFrame, case: list[str]) -> pl.DataFrame:
    """First contacts of the windows, found round by round: in each the first contact of a case outside its last window."""
    open_now, found = contacts.select(*case, "at", "id"), []
    while open_now.height:
        first = open_now.sort("at", "id").group_by(case, maintain_order=True).agg(pl.col("id").first(), anchored=pl.col("at").first())
        found.append(first.select("id"))
        open_now = (
            open_now.join(first.select(*case, "anchored"), on=case).filter(pl.col("at") > pl.col("anchored") + WINDOW).drop("anchored")
        )
    return pl.concat(found).with_columns(is_anchor=True)


def first_contact_resolution_daily(contacts: pl.DataFrame) -> pl.DataFrame:
    known, mature, history = pl.col("person").is_not_null(), pl.col("is_mature"), pl.col("has_history")
    anchor = pl.col("is_anchor")
    resolved = pl.col("is_marked") & ~pl.col("is_repeated") & ~pl.col("is_reopened")
    said = known & pl.col("said").is_not_null()
    return (
        contacts.group_by("contacted_on", "channel", "category", "touchpoint")
        .agg(
            contact_count=pl.len(),
            n_excluded=(~known).sum(),
            n_immature=(known & ~mature).sum(),
            n_eligible=mature.sum(),
            resolved_count=(mature & history & resolved).sum(),
            judged_count=(mature & history).sum(),
            n_without_history=(mature & ~history).sum(),
            anchor_count=(mature & anchor).sum(),
            anchor_immature_count=(known & ~mature & anchor).sum(),
            anchor_repeated_same_channel_count=(mature & anchor & pl.col("is_repeated_same")).sum(),
            anchor_repeated_count=(mature & anchor & pl.col("is_repeated")).sum(),
            survey_n=said.sum(),
            survey_yes_count=(said & pl.col("said")).sum(),
        )
        .with_columns(pl.col(pl.UInt32).cast(pl.Int64))
        .with_columns(
            once_same=pl.col("anchor_count") - pl.col("anchor_repeated_same_channel_count"),
            once=pl.col("anchor_count") - pl.col("anchor_repeated_count"),
        )
        .with_columns(
            *share("resolved_count", "judged_count", "fcr_gross"),
            *share("once_same", "anchor_count", "fcr_repeat"),
            *share("once", "anchor_count", "ocr"),
            *share("survey_yes_count", "survey_n", "fcr_survey"),
            status=status("n_eligible", pl.when(pl.col("n_immature") > 0).then(pl.lit("immature")).otherwise(pl.lit("no_data"))),
        )
    )


def orders(inbox: Path, people: pl.DataFrame) -> pl.DataFrame:
    """Sales in euros, net of refunds."""
    amounts = {name: pl.col(name).cast(pl.Float64, strict=False).alias(f"{name}_amount") for name in ("net", "margin", "refunded")}
    rate = pl.col("currency").replace_strict({"EUR": 1.0, "USD": DOLLAR}, default=None)
    at, changed = (pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%z", strict=False) for name in ("ordered_at", "changed_at"))
    segments = people.select(customer_id=pl.col("customer_number"), segment="segment")
    return (
        csv(inbox, "orders")
        .with_columns(*amounts.values(), rate=rate, at=at.dt.convert_time_zone("UTC").dt.replace_time_zone(None), changed=changed)
        .with_columns(channel=pl.col("shop").replace_strict({"webshop": "web", "app": "app", "phone order": "phone"}, default=None))
        .filter(
            pl.all_horizontal(pl.col("rate", "at", "changed", "channel", "net_amount", "refunded_amount").is_not_null()),
            pl.col("margin").is_null() | pl.col("margin_amount").is_not_null(),
        )
        .sort("changed", maintain_order=True)
        .unique("order_id", keep="last")
        .filter(pl.col("status") == "fulfilled")
        .join(segments.lazy(), on="customer_id", how="left")
        .with_columns(
            month_on=business_day("at").dt.truncate("1mo"),
            segment=pl.col("segment").fill_null("unknown"),
            touchpoint=pl.col("touchpoint").fill_null("unknown"),
            revenue=((pl.col("net_amount") - pl.col("refunded_amount")) * pl.col("rate")).round(4),
            margin=((pl.col("margin_amount") - pl.col("refunded_amount")) * pl.col("rate")).round(4),
        )
        .collect()
    )


def costs(inbox: Path) -> pl.DataFrame:
    accounts = {"6100": "service", "6200": "selling", "6300": "marketing", "6400": "remediation"}
    ways = {"Telefon": "phone", "E-Mail": "email", "Web": "web", "Chat": "chat"}
    places = {"KS10": "service_center", "KS20": "self_service", "KS30": "account_management", "KS40": "field"}
    debit, credit = (pl.col(side).str.replace(",", ".").cast(pl.Float64, strict=False).fill_null(0.0) for side in ("Soll", "Haben"))
    return (
        csv(inbox, "costs", separator=";")
        .with_columns(
            month_on=pl.col("Buchungsdatum").str.to_date("%d.%m.%Y", strict=False).dt.truncate("1mo"),
            account=pl.col("Konto").replace_strict(accounts, default=None),
            cost=debit - credit,
            channel=pl.col("Kanal").replace_strict(ways, default="unallocated"),
            touchpoint=pl.col("Kostenstelle").replace_strict(places, default="unallocated"),
        )
        .drop_nulls(["month_on", "account"])
        .unique("Buchungsnr", keep="any")
        .collect()
    )


CATEGORIES = ("service", "selling", "remediation")
GRAIN = ["month_on", "channel", "segment"]


def cost_per_sale_monthly(contacts: pl.DataFrame, sold: pl.DataFrame, booked: pl.DataFrame) -> pl.DataFrame:
    final = ~pl.col("is_repeated") & ~pl.col("is_reopened")
    judged = pl.col("person").is_not_null() & pl.col("has_history")
    of_contacts = (
        contacts.with_columns(month_on=pl.col("contacted_on").dt.truncate("1mo"))
        .group_by(GRAIN)
        .agg(
            contact_count=pl.len().cast(pl.Int64),
            resolution_count=(pl.col("is_solved") & final).sum().cast(pl.Int64),
            judged_count=judged.sum().cast(pl.Int64),
            resolved_at_once_count=(judged & pl.col("is_marked") & final).sum().cast(pl.Int64),
        )
    )
    of_sales = sold.group_by(GRAIN).agg(
        sale_count=pl.len().cast(pl.Int64),
        returned_order_count=(pl.col("refunded_amount") > 0).sum().cast(pl.Int64),
        margin_unknown_count=pl.col("margin").is_null().sum().cast(pl.Int64),
        revenue_amount=pl.col("revenue").sum(),
        margin_amount=pl.col("margin").sum(),
    )
    amounts = [f"{category}_cost_amount" for category in CATEGORIES]
    by_channel = booked.group_by("month_on", "channel").agg(
        **{f"{category}_cost_amount": pl.col("cost").filter(pl.col("account") == category).sum().round(4) for category in CATEGORIES}
    )
    keyed = of_contacts.select(*GRAIN, "contact_count").sort(GRAIN)

    def sliced(costs: pl.DataFrame, within: list[str]) -> pl.DataFrame:
        count = pl.col("contact_count")
        weighed = keyed.with_columns(upto=count.cum_sum().over(within) / count.sum().over(within)).with_columns(
            below=(count.cum_sum().over(within) - count) / count.sum().over(within)
        )
        upto, below = pl.col("upto").fill_null(1.0), pl.col("below").fill_null(0.0)
        return costs.join(weighed.drop("contact_count"), on=within, how="left").select(
            "month_on",
            pl.col("channel").fill_null("unallocated"),
            pl.col("segment").fill_null("unallocated"),
            *(money(pl.col(name) * upto) - money(pl.col(name) * below) for name in amounts),
        )

    is_open = pl.col("channel") == "unallocated"
    parts = [
        of_contacts,
        of_sales,
        sliced(by_channel.filter(~is_open), ["month_on", "channel"]),
        sliced(by_channel.filter(is_open).drop("channel"), ["month_on"]),
    ]
    table = pl.concat(parts, how="diagonal").group_by(GRAIN).agg(pl.all().sum())
    service, selling, sales = pl.col("service_cost_amount").round(6), pl.col("selling_cost_amount").round(6), pl.col("sale_count")

    def cost_per(thing: str, cost: pl.Expr = service) -> pl.Expr:
        return pl.when(cost != 0).then(over(cost, pl.col(thing)))

    return table.with_columns(
        cost_per_sale_service_only=cost_per("sale_count"),
        cost_per_sale_service_plus_selling=pl.when((service != 0) & (selling != 0)).then(over(service + selling, sales)),
        cost_per_contact=cost_per("contact_count"),
        cost_per_resolution=cost_per("resolution_count"),
        cost_per_returned_order=cost_per("returned_order_count", pl.col("remediation_cost_amount").round(6)),
        revenue_per_service_dollar=over(pl.col("revenue_amount"), service),
        margin_per_service_dollar=over(pl.col("margin_amount"), service),
        status=pl.when(service != 0).then(status("sale_count")).otherwise(pl.lit("no_data")),
    ).with_columns(
        cost_per_contact_over_fcr=over(pl.col("cost_per_contact"), over(pl.col("resolved_at_once_count"), pl.col("judged_count")))
    )


def service_roi_monthly(contacts: pl.DataFrame, sold: pl.DataFrame, booked: pl.DataFrame) -> pl.DataFrame:
    grain = ["month_on", "touchpoint"]
    of_contacts = (
        contacts.filter(pl.col("person").is_not_null())
        .with_columns(month_on=pl.col("contacted_on").dt.truncate("1mo"))
        .group_by(grain)
        .agg(
            customer_count=pl.col("person").n_unique().cast(pl.Int64),
            rated_n=pl.col("csat_n").sum(),
            rated_satisfied=pl.col("csat_good").sum(),
            rated_dissatisfied=pl.col("csat_bad").sum(),
        )
    )
    of_sales = sold.group_by(grain).agg(
        recovered=pl.col("margin").filter(pl.col("service_role") == "recovered").sum(),
        attributed=pl.col("margin").filter(pl.col("service_role") == "attributed").sum(),
        involved=(pl.col("margin").is_not_null() & (pl.col("service_role") != "none")).sum(),
    )
    of_costs = booked.filter(pl.col("account") == "service").group_by(grain).agg(service_cost_amount=pl.col("cost").sum().round(4))
    parts = [of_contacts, of_sales.filter(pl.col("involved") > 0).drop("involved"), of_costs]
    measured, n = pl.col("rated_n") >= SMALL, pl.col("rated_n").cast(pl.Float64)
    good, bad = pl.col("rated_satisfied"), pl.col("rated_dissatisfied")

    def either(of_answers: pl.Expr, declared: float) -> pl.Expr:
        return pl.when(measured).then(of_answers).otherwise(declared)

    def kept(satisfied: pl.Expr, dissatisfied: pl.Expr, of_s: float, of_m: float, of_d: float, of_n: float) -> pl.Expr:
        return satisfied * of_s + (1.0 - satisfied - dissatisfied) * of_m + dissatisfied * of_d - of_n

    low = kept(either(good / n, 0.3), either(bad / n, 0.4), 0.8, 0.6, 0.25, 0.8)
    high = kept(either(good / n, 0.5), either(bad / n, 0.2), 0.95, 0.8, 0.55, 0.6)
    customers_, attributed, cost = pl.col("customer_count"), pl.col("attributed"), pl.col("service_cost_amount")

    def roi(prevented: str, new: pl.Expr) -> pl.Expr:
        return pl.when(cost > 0).then((pl.col(prevented) + pl.col("recovered") + new - cost) / cost)

    return (
        pl.concat(parts, how="diagonal")
        .group_by(grain)
        .agg(pl.all().sum())
        .with_columns(*share("rated_satisfied", "rated_n", "rated"), shares_basis=pl.when(measured).then(pl.lit("measured")).otherwise(pl.lit("assumed")))
        .with_columns(
            satisfied_share=either(good / n, 0.4),
            satisfied_share_ci_low=either(pl.col("rated_ci_low"), 0.3),
            satisfied_share_ci_high=either(pl.col("rated_ci_high"), 0.5),
            mollified_share=either((n - good - bad) / n, 0.3),
            dissatisfied_share=either(bad / n, 0.3),
        )
        .with_columns(
            prevented_damage_amount=money(customers_ * kept(pl.col("satisfied_share"), pl.col("dissatisfied_share"), 0.88, 0.72, 0.4, 0.7) * 100),
            prevented_damage_low_amount=money(pl.min_horizontal(low * 50, low * 150) * customers_),
            prevented_damage_high_amount=money(pl.max_horizontal(high * 50, high * 150) * customers_),
            recovered_margin_amount=pl.col("recovered"),
            new_margin_amount=money(attributed * 0.5),
        )
        .with_columns(
            marketing_margin_amount=attributed - pl.col("new_margin_amount"),
            roi=roi("prevented_damage_amount", pl.col("new_margin_amount")),
            roi_low=roi("prevented_damage_low_amount", pl.min_horizontal(attributed * 0.25, attributed * 0.75)),
            roi_high=roi("prevented_damage_high_amount", pl.max_horizontal(attributed * 0.25, attributed * 0.75)),
            status=status("customer_count"),
        )
    )  # fmt: skip


def main() -> None:
    inbox, out = Path(sys.argv[1]) / "inbox", Path(sys.argv[2])
    newest = max(path.name for path in inbox.glob("*/*"))
    midnight = dt.datetime.combine(dt.date.fromisoformat(newest) + dt.timedelta(days=1), dt.time(), ZoneInfo(ZONE))
    as_of = midnight.astimezone(dt.UTC).replace(tzinfo=None)
    people = customers(inbox)
    survey = responses(inbox, people)
    contacts = interactions(inbox, people, survey, as_of)
    sold, booked = orders(inbox, people), costs(inbox)
    tables = {
        "satisfaction_daily": satisfaction_daily(survey, replied(inbox, people)),
        "first_contact_resolution_daily": first_contact_resolution_daily(contacts),
        "cost_per_sale_monthly": cost_per_sale_monthly(contacts, sold, booked),
        "service_roi_monthly": service_roi_monthly(contacts, sold, booked),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.write_parquet(out / f"{name}.parquet")


if __name__ == "__main__":
    main()
