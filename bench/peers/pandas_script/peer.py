"""The four tables by a pandas script: reads every file of the inbox, computes everything, writes Parquet. No state between runs."""

import datetime as dt
import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

ZONE = "Europe/Berlin"
WINDOW = pd.Timedelta(days=7)
ASKED_FOR = pd.Timedelta(hours=48)
SMALL = 30
DOLLAR = 0.92
Z = 1.959963984540054
EMAIL = r'[^@\s<>,;"()]{1,64}@[^@\s<>,;"()]{1,255}'
TOUCHPOINTS = ["account_management", "service_center", "executive_relations", "self_service", "field"]
FINISHED = ["solved", "closed"]


def csv(inbox, feed, sep=","):
    paths = sorted((inbox / feed).glob("*/*.csv"))
    return pd.concat([pd.read_csv(path, dtype="str", sep=sep, keep_default_na=False, na_values=[""]) for path in paths], ignore_index=True)


def local_time(text):
    time = pd.to_datetime(text, format="%Y-%m-%d %H:%M:%S", errors="coerce")
    return time.dt.tz_localize(ZONE, ambiguous=np.ones(len(time), dtype=bool), nonexistent="NaT").dt.tz_convert("UTC").dt.tz_localize(None)


def business_day(at):
    return at.dt.tz_localize("UTC").dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize()


def month(day):
    return day.dt.to_period("M").dt.to_timestamp()


def over(numerator, denominator):
    return numerator / denominator.where(denominator != 0)


def share(table, k, n, name):
    good, count = table[k].astype(float), table[n].where(table[n] > 0).astype(float)
    half = Z * np.sqrt(good * (count - good) / count + Z * Z / 4)
    table[name] = good / count
    table[f"{name}_ci_low"] = ((good + Z * Z / 2 - half) / (count + Z * Z)).mask((good == 0) & count.notna(), 0.0)
    table[f"{name}_ci_high"] = ((good + Z * Z / 2 + half) / (count + Z * Z)).mask((good == count) & count.notna(), 1.0)


def money(amount):
    return np.floor(amount * 10_000 + 0.5) / 10_000


def status(n, nothing="no_data"):
    return np.select([n == 0, n < SMALL], [nothing, "small_sample"], "ok")


def customers(inbox):
    records = csv(inbox, "customers")
    records["changed"] = pd.to_datetime(records["last_changed"], errors="coerce")
    since = pd.to_datetime(records["customer_since"], format="%Y-%m-%d", errors="coerce")
    is_valid = (records["email"].isna() | records["email"].str.fullmatch(EMAIL)) & since.notna() & records["changed"].notna()
    records = records[is_valid].sort_values("changed", kind="stable").drop_duplicates("customer_number", keep="last")
    records["email"] = records["email"].str.lower()
    records["person"] = records["email"].fillna(records["customer_number"])
    records["phone"] = records["phone"].str.replace(" ", "").str.replace("^0", "+44", regex=True)
    segments = records.dropna(subset="segment").sort_values(["changed", "customer_number"]).groupby("person")["segment"].last()
    records["segment"] = records["person"].map(segments)
    return records[["customer_number", "email", "phone", "person", "segment"]]


def responses(inbox, people):
    rows = csv(inbox, "survey")
    rows["at"], rows["changed"] = local_time(rows["answered_at"]), local_time(rows["changed_at"])
    is_valid = rows["at"].notna() & rows["changed"].notna()
    is_valid &= rows["email"].isna() | rows["email"].str.fullmatch(EMAIL)
    is_valid &= rows["touchpoint"].isna() | rows["touchpoint"].isin(TOUCHPOINTS)
    for name, asked, low, high in (("csat", "satisfied", 1, 5), ("nps", "recommend", 0, 10), ("ces", "easy", 1, 7)):
        rows[name] = pd.to_numeric(rows[asked], errors="coerce")
        is_valid &= rows[asked].isna() | rows[name].between(low, high)
    rows = rows[is_valid].sort_values("changed", kind="stable").drop_duplicates("response_id", keep="last")
    rows["ballot"] = rows["invite"].fillna(rows["response_id"])
    by_address = people.dropna(subset="email").drop_duplicates("email").set_index("email")["segment"]
    rows["segment"] = rows["email"].str.lower().map(by_address).fillna("unknown")
    rows["touchpoint"] = rows["touchpoint"].fillna("unknown")
    rows["answered_on"] = business_day(rows["at"])
    rows = rows.sort_values(["at", "response_id"])
    rows["is_superseded"] = rows.duplicated("ballot", keep="last")
    return rows


def replied(inbox, people):
    texts = csv(inbox, "texts").drop_duplicates("Sid")
    is_inbound = texts["Direction"] == "inbound"
    texts["phone"] = texts["From"].where(is_inbound, texts["To"])
    texts["at"] = pd.to_datetime(texts["SentDate"], format="%Y-%m-%dT%H:%M:%SZ", errors="coerce")
    texts = texts[texts["at"].notna() & texts["phone"].str.fullmatch(r"\+\d{7,15}")]
    known = people.dropna(subset="phone").set_index("phone")
    texts["person"] = texts["phone"].map(known["person"]).fillna(texts["phone"])
    texts["segment"] = texts["phone"].map(known["segment"]).fillna("unknown")
    texts = texts.sort_values("at", kind="stable")
    is_inbound = texts["Direction"] == "inbound"
    asked = texts[~is_inbound & texts["Body"].str.contains("how was our service", regex=False)]
    asked = asked[["person", "at", "Sid"]].rename(columns={"Sid": "ask"}).assign(asked_at=asked["at"])
    numbers = texts[is_inbound].copy()
    found = numbers["Body"].str.extract(r"^\s*([0-9]{1,3})\s*(?:/\s*([0-9]{1,3}))?[\s!.,]*$")
    numbers["value"], numbers["out_of"] = found[0].astype(float), found[1].astype(float)
    rows = pd.merge_asof(numbers.dropna(subset="value"), asked, on="at", by="person")
    rows = rows[(rows["at"] <= rows["asked_at"] + ASKED_FOR) & (rows["out_of"].fillna(5) == 5) & rows["value"].between(1, 5)]
    rows = rows.sort_values(["at", "Sid"])
    rows["is_superseded"] = rows.duplicated("ask", keep="last")
    rows["answered_on"] = business_day(rows["at"])
    return rows


def satisfaction_daily(survey, texts):
    grain = ["answered_on", "channel", "touchpoint", "segment"]
    by_text = texts.assign(channel="sms", touchpoint="service_center", csat=texts["value"], nps=np.nan, ces=np.nan, asked=1)
    names = [*grain, "csat", "nps", "ces", "is_superseded", "asked"]
    answers = pd.concat([survey.assign(asked=3)[names], by_text[names]], ignore_index=True)
    gone = answers["is_superseded"]
    csat, nps, ces = (answers[name].mask(gone) for name in ("csat", "nps", "ces"))
    filled = answers[["csat", "nps", "ces"]].notna().sum(axis=1)
    counted = pd.DataFrame(
        {
            "csat_n": csat.notna(), "csat_satisfied": csat >= 4, "csat_dissatisfied": csat <= 2,
            "csat_score_points": np.floor((csat - 1) * 10_000 / 4 + 0.5).fillna(0),
            "nps_n": nps.notna(), "nps_promoters": nps >= 9, "nps_detractors": nps <= 6,
            "ces_n": ces.notna(), "ces_easy": ces >= 5, "ces_score_points": np.floor((ces - 1) * 10_000 / 6 + 0.5).fillna(0),
            "skipped_count": (answers["asked"] - filled).mask(gone, 0), "superseded_count": answers["asked"].where(gone, 0),
        }
    ).astype("int64")  # fmt: skip
    table = pd.concat([answers[grain], counted], axis=1).groupby(grain).sum().reset_index()
    share(table, "csat_satisfied", "csat_n", "csat_top2")
    share(table, "ces_easy", "ces_n", "ces_top")
    table["csat_mean_score"] = over(table["csat_score_points"], table["csat_n"] * 10_000)
    table["ces_mean_score"] = over(table["ces_score_points"], table["ces_n"] * 10_000)
    table["nps_passives"] = table["nps_n"] - table["nps_promoters"] - table["nps_detractors"]
    table["nps"] = over((table["nps_promoters"] - table["nps_detractors"]) * 100, table["nps_n"])
    n = table["nps_n"] + 3
    p, d = (table["nps_promoters"] + 0.75) / n, (table["nps_detractors"] + 0.75) / n
    half = Z * np.sqrt((p + d - (p - d) ** 2) / n)
    table["nps_ci_low"] = ((p - d - half) * 100).clip(-100, 100).where(table["nps_n"] > 0)
    table["nps_ci_high"] = ((p - d + half) * 100).clip(-100, 100).where(table["nps_n"] > 0)
    table["status"] = status(table[["csat_n", "nps_n", "ces_n"]].max(axis=1))
    return table


def pages(inbox, feed):
    for path in sorted((inbox / feed).glob("*/*.json")):
        yield json.loads(path.read_bytes())


def tickets(inbox, people):
    channels = {"email": "email", "web": "web", "chat": "chat", "voice": "phone"}
    rows = []
    for page in pages(inbox, "tickets"):
        for ticket in page["tickets"]:
            if "id" not in ticket:
                continue
            custom = {field["id"]: field["value"] for field in ticket["custom_fields"]}
            rows.append(
                (
                    ticket["id"],
                    ticket["created_at"],
                    ticket["generated_timestamp"],
                    ticket["via"]["channel"],
                    ticket["status"],
                    ticket["requester_id"],
                    ticket["submitter_id"],
                    "closed_by_merge" in ticket["tags"],
                    custom.get(27642),
                    custom.get(27643),
                )
            )
    names = ["id", "created_at", "generated", "via", "status", "requester", "submitter", "is_merged", "category", "touchpoint"]
    table = pd.DataFrame(rows, columns=names)
    table["at"] = pd.to_datetime(table["created_at"], format="%Y-%m-%dT%H:%M:%SZ", errors="coerce")
    table["channel"] = table["via"].map(channels)
    statuses = ["new", "open", "pending", "hold", "solved", "closed", "deleted"]
    table = table[table["at"].notna() & table["channel"].notna() & table["status"].isin(statuses)]
    table = table.sort_values("generated", kind="stable").drop_duplicates("id", keep="last")
    by_agent = table["submitter"].notna() & table["requester"].notna() & (table["submitter"] != table["requester"])
    table = table[~by_agent & (table["status"] != "deleted") & ~table["is_merged"]]
    requester = table["requester"].astype("Int64").astype("str").where(table["requester"].notna())
    known = people.set_index("customer_number")
    table["person"] = requester.map(known["person"]).fillna(requester)
    table["segment"] = requester.map(known["segment"]).fillna("unknown")
    table["category"], table["touchpoint"] = table["category"].fillna("unknown"), table["touchpoint"].fillna("unknown")
    return table


def histories(inbox):
    moves, written, seen, ends = [], [], {}, set()
    for page in pages(inbox, "audits"):
        ends.update(user["id"] for user in page["users"] if user["role"] == "end-user")
        for audit in page["audits"]:
            if "events" not in audit or "ticket_id" not in audit or audit["id"] in seen or not audit["created_at"][:4].isdigit():
                continue
            seen[audit["id"]] = audit["ticket_id"]
            is_created = any(event["type"] == "Create" for event in audit["events"])
            for event in audit["events"]:
                if event["type"] == "Change" and event["field_name"] == "status":
                    moves.append((audit["ticket_id"], audit["created_at"], event["previous_value"], event["value"]))
                elif event["type"] == "Comment" and not is_created:
                    written.append((audit["ticket_id"], audit["created_at"], audit["author_id"]))
    moved = pd.DataFrame(moves, columns=["id", "at", "before", "after"])
    moved["at"] = pd.to_datetime(moved["at"], format="%Y-%m-%dT%H:%M:%SZ")
    finished, was_finished = moved["after"].isin(FINISHED), moved["before"].isin(FINISHED)
    wrote = pd.DataFrame(written, columns=["id", "at", "author"])
    wrote = wrote[wrote["author"].isin(ends)].assign(at=lambda rows: pd.to_datetime(rows["at"], format="%Y-%m-%dT%H:%M:%SZ"))
    table = pd.DataFrame(index=pd.Index(pd.unique(pd.Series(list(seen.values()))), name="id"))
    table["first_solved"] = moved[finished & ~was_finished].groupby("id")["at"].min()
    table["first_reopened"] = moved[was_finished & ~finished].groupby("id")["at"].min()
    table["first_written"] = wrote.groupby("id")["at"].min()
    before_solved = (table["first_written"] < table["first_solved"]) | table["first_solved"].isna()
    table["wrote_again"] = table["first_written"].notna() & before_solved
    return table


def interactions(inbox, people, survey, as_of):
    rated = survey[~survey["is_superseded"] & survey["ticket"].notna()].assign(id=lambda rows: rows["ticket"].astype("int64"))
    ratings = rated.dropna(subset="csat").assign(good=lambda rows: rows["csat"] >= 4, bad=lambda rows: rows["csat"] <= 2)
    ratings = ratings.groupby("id").agg(csat_n=("csat", "size"), csat_good=("good", "sum"), csat_bad=("bad", "sum"))
    said = rated.dropna(subset="solved").sort_values(["at", "response_id"]).groupby("id")["solved"].last().rename("said") == "yes"
    table = tickets(inbox, people)
    table = table.merge(histories(inbox).assign(has_history=True), left_on="id", right_index=True, how="left")
    table = table.merge(ratings, left_on="id", right_index=True, how="left").merge(said, left_on="id", right_index=True, how="left")
    table["has_history"] = table["has_history"].eq(other=True)
    table[["csat_n", "csat_good", "csat_bad"]] = table[["csat_n", "csat_good", "csat_bad"]].fillna(0)
    table["group"] = table["person"].fillna("ticket " + table["id"].astype("str"))
    table["contacted_on"] = business_day(table["at"])
    table["is_solved"] = table["first_solved"].notna() | table["status"].isin(FINISHED)
    table["is_reopened"] = table["first_reopened"] - table["at"] <= WINDOW
    table["is_marked"] = table["has_history"] & table["first_solved"].notna() & ~table["wrote_again"].eq(other=True)
    table = table.sort_values(["group", "category", "at", "id"]).reset_index(drop=True)
    case = table.groupby(["group", "category"])["at"]
    table["is_repeated"] = case.shift(-1) - table["at"] <= WINDOW
    table["is_repeated_same"] = table.groupby(["group", "category", "channel"])["at"].shift(-1) - table["at"] <= WINDOW
    table["is_mature"] = table["person"].notna() & (table["at"] <= as_of - WINDOW)
    table["is_anchor"] = anchors(table)
    return table


def anchors(table):
    """First contacts of the windows: one pass over the contacts in order of case and time."""
    found = np.zeros(len(table), dtype=bool)
    current, until = None, pd.Timestamp.min
    cases = table["group"] + "\0" + table["category"]
    for place, (case, at) in enumerate(zip(cases.to_numpy(), table["at"].to_numpy("datetime64[s]").astype("int64"), strict=True)):
        if case != current or at > until:
            found[place], current, until = True, case, at + 7 * 86_400
    return found


def first_contact_resolution_daily(contacts):
    grain = ["contacted_on", "channel", "category", "touchpoint"]
    known, mature, history, anchor = contacts["person"].notna(), contacts["is_mature"], contacts["has_history"], contacts["is_anchor"]
    resolved = contacts["is_marked"] & ~contacts["is_repeated"] & ~contacts["is_reopened"]
    said = known & contacts["said"].notna()
    counted = pd.DataFrame(
        {
            "contact_count": True, "n_excluded": ~known, "n_immature": known & ~mature, "n_eligible": mature,
            "resolved_count": mature & history & resolved, "judged_count": mature & history, "n_without_history": mature & ~history,
            "anchor_count": mature & anchor, "anchor_immature_count": known & ~mature & anchor,
            "anchor_repeated_same_channel_count": mature & anchor & contacts["is_repeated_same"],
            "anchor_repeated_count": mature & anchor & contacts["is_repeated"],
            "survey_n": said, "survey_yes_count": said & contacts["said"].eq(other=True),
        },
        index=contacts.index,
    ).astype("int64")  # fmt: skip
    table = pd.concat([contacts[grain], counted], axis=1).groupby(grain).sum().reset_index()
    table["once_same"] = table["anchor_count"] - table["anchor_repeated_same_channel_count"]
    table["once"] = table["anchor_count"] - table["anchor_repeated_count"]
    share(table, "resolved_count", "judged_count", "fcr_gross")
    share(table, "once_same", "anchor_count", "fcr_repeat")
    share(table, "once", "anchor_count", "ocr")
    share(table, "survey_yes_count", "survey_n", "fcr_survey")
    table["status"] = status(table["n_eligible"], np.where(table["n_immature"] > 0, "immature", "no_data"))
    return table


def orders(inbox, people):
    rows = csv(inbox, "orders")
    at, changed = (
        pd.to_datetime(rows[name], format="%Y-%m-%dT%H:%M:%S%z", utc=True, errors="coerce") for name in ("ordered_at", "changed_at")
    )
    rows["at"], rows["changed"] = at.dt.tz_localize(None), changed
    rows["rate"] = rows["currency"].map({"EUR": 1.0, "USD": DOLLAR})
    rows["channel"] = rows["shop"].map({"webshop": "web", "app": "app", "phone order": "phone"})
    net, margin, refunded = (pd.to_numeric(rows[name], errors="coerce") for name in ("net", "margin", "refunded"))
    is_valid = rows[["at", "changed", "rate", "channel"]].notna().all(axis=1) & net.notna() & refunded.notna()
    rows["is_returned"] = refunded > 0
    rows["revenue"] = ((net - refunded) * rows["rate"]).round(4)
    rows["margin"] = ((margin - refunded) * rows["rate"]).round(4)
    rows = rows[is_valid].sort_values("changed", kind="stable").drop_duplicates("order_id", keep="last")
    rows = rows[rows["status"] == "fulfilled"].copy()
    rows["segment"] = rows["customer_id"].map(people.set_index("customer_number")["segment"]).fillna("unknown")
    rows["touchpoint"] = rows["touchpoint"].fillna("unknown")
    rows["month_on"] = month(business_day(rows["at"]))
    return rows


def costs(inbox):
    rows = csv(inbox, "costs", sep=";")
    rows["month_on"] = month(pd.to_datetime(rows["Buchungsdatum"], format="%d.%m.%Y", errors="coerce"))
    rows["account"] = rows["Konto"].map({"6100": "service", "6200": "selling", "6300": "marketing", "6400": "remediation"})
    rows["channel"] = rows["Kanal"].map({"Telefon": "phone", "E-Mail": "email", "Web": "web", "Chat": "chat"}).fillna("unallocated")
    places = {"KS10": "service_center", "KS20": "self_service", "KS30": "account_management", "KS40": "field"}
    rows["touchpoint"] = rows["Kostenstelle"].map(places).fillna("unallocated")
    debit, credit = (pd.to_numeric(rows[side].str.replace(",", "."), errors="coerce").fillna(0) for side in ("Soll", "Haben"))
    rows["cost"] = debit - credit
    return rows.dropna(subset=["month_on", "account"]).drop_duplicates("Buchungsnr")


def cost_per_sale_monthly(contacts, sold, booked):
    grain = ["month_on", "channel", "segment"]
    amounts = ["service_cost_amount", "selling_cost_amount", "remediation_cost_amount"]
    final = ~contacts["is_repeated"] & ~contacts["is_reopened"]
    judged = contacts["person"].notna() & contacts["has_history"]
    counted = contacts.assign(
        month_on=month(contacts["contacted_on"]), contact_count=1, resolution_count=contacts["is_solved"] & final,
        judged_count=judged, resolved_at_once_count=judged & contacts["is_marked"] & final,
    )  # fmt: skip
    of_contacts = counted.groupby(grain)[["contact_count", "resolution_count", "judged_count", "resolved_at_once_count"]].sum()
    of_sales = sold.assign(sale_count=1, margin_unknown_count=sold["margin"].isna()).groupby(grain).agg(
        sale_count=("sale_count", "sum"), returned_order_count=("is_returned", "sum"), margin_unknown_count=("margin_unknown_count", "sum"),
        revenue_amount=("revenue", "sum"), margin_amount=("margin", "sum"),
    )  # fmt: skip
    by_channel = booked.pivot_table(index=["month_on", "channel"], columns="account", values="cost", aggfunc="sum", fill_value=0.0)
    by_channel = (
        by_channel.reindex(columns=["service", "selling", "remediation"], fill_value=0.0).round(4).set_axis(amounts, axis=1).reset_index()
    )
    keyed = of_contacts[["contact_count"]].reset_index().sort_values(grain)

    def sliced(costs_, within):
        count = keyed["contact_count"]
        running, total = keyed.groupby(within)["contact_count"].cumsum(), keyed.groupby(within)["contact_count"].transform("sum")
        weighed = keyed.drop(columns="contact_count").assign(upto=running / total, below=(running - count) / total)
        joined = costs_.merge(weighed, on=within, how="left")
        upto, below = joined["upto"].fillna(1.0), joined["below"].fillna(0.0)
        for name in amounts:
            joined[name] = money(joined[name] * upto) - money(joined[name] * below)
        joined[["channel", "segment"]] = joined[["channel", "segment"]].fillna("unallocated")
        return joined.groupby(grain)[amounts].sum()

    is_open = by_channel["channel"] == "unallocated"
    parts = [
        of_contacts, of_sales, sliced(by_channel[~is_open], ["month_on", "channel"]),
        sliced(by_channel[is_open].drop(columns="channel"), ["month_on"]),
    ]  # fmt: skip
    table = pd.concat([part.reset_index() for part in parts]).groupby(grain).sum().reset_index()
    service, selling, remediation = (table[name].round(6) for name in amounts)
    costly = service != 0
    table["cost_per_sale_service_only"] = over(service, table["sale_count"]).where(costly)
    table["cost_per_sale_service_plus_selling"] = over(service + selling, table["sale_count"]).where(costly & (selling != 0))
    table["cost_per_contact"] = over(service, table["contact_count"]).where(costly)
    table["cost_per_resolution"] = over(service, table["resolution_count"]).where(costly)
    table["cost_per_contact_over_fcr"] = over(table["cost_per_contact"], over(table["resolved_at_once_count"], table["judged_count"]))
    table["cost_per_returned_order"] = over(remediation, table["returned_order_count"]).where(remediation != 0)
    table["revenue_per_service_dollar"] = over(table["revenue_amount"], service)
    table["margin_per_service_dollar"] = over(table["margin_amount"], service)
    table["status"] = np.where(costly, status(table["sale_count"]), "no_data")
    return table


def service_roi_monthly(contacts, sold, booked):
    grain = ["month_on", "touchpoint"]
    known = contacts[contacts["person"].notna()].assign(month_on=lambda rows: month(rows["contacted_on"]))
    of_contacts = known.groupby(grain).agg(
        customer_count=("person", "nunique"),
        rated_n=("csat_n", "sum"),
        rated_satisfied=("csat_good", "sum"),
        rated_dissatisfied=("csat_bad", "sum"),
    )
    involved = sold[sold["margin"].notna() & (sold["service_role"] != "none")]
    of_sales = involved.assign(
        recovered=involved["margin"].where(involved["service_role"] == "recovered", 0.0),
        attributed=involved["margin"].where(involved["service_role"] == "attributed", 0.0),
    ).groupby(grain)[["recovered", "attributed"]].sum()  # fmt: skip
    of_costs = booked[booked["account"] == "service"].groupby(grain).agg(service_cost_amount=("cost", "sum")).round(4)
    table = pd.concat([part.reset_index() for part in (of_contacts, of_sales, of_costs)]).groupby(grain).sum().reset_index()
    n, good, bad = table["rated_n"], table["rated_satisfied"], table["rated_dissatisfied"]
    measured, customers_, attributed, cost = n >= SMALL, table["customer_count"], table["attributed"], table["service_cost_amount"]
    share(table, "rated_satisfied", "rated_n", "rated")

    def either(of_answers, declared):
        return of_answers.where(measured, declared)

    def kept(satisfied, dissatisfied, of_s, of_m, of_d, of_n):
        return satisfied * of_s + (1.0 - satisfied - dissatisfied) * of_m + dissatisfied * of_d - of_n

    table["satisfied_share"] = either(over(good, n), 0.4)
    table["satisfied_share_ci_low"] = either(table["rated_ci_low"], 0.3)
    table["satisfied_share_ci_high"] = either(table["rated_ci_high"], 0.5)
    table["mollified_share"] = either(over(n - good - bad, n), 0.3)
    table["dissatisfied_share"] = either(over(bad, n), 0.3)
    table["shares_basis"] = np.where(measured, "measured", "assumed")
    low = kept(either(over(good, n), 0.3), either(over(bad, n), 0.4), 0.8, 0.6, 0.25, 0.8)
    high = kept(either(over(good, n), 0.5), either(over(bad, n), 0.2), 0.95, 0.8, 0.55, 0.6)
    middle = kept(table["satisfied_share"], table["dissatisfied_share"], 0.88, 0.72, 0.4, 0.7)
    table["prevented_damage_amount"] = money(customers_ * middle * 100)
    table["prevented_damage_low_amount"] = money(np.minimum(low * 50, low * 150) * customers_)
    table["prevented_damage_high_amount"] = money(np.maximum(high * 50, high * 150) * customers_)
    table["recovered_margin_amount"] = table["recovered"]
    table["new_margin_amount"] = money(attributed * 0.5)
    table["marketing_margin_amount"] = attributed - table["new_margin_amount"]

    def roi(prevented, new):
        return ((table[prevented] + table["recovered"] + new - cost) / cost).where(cost > 0)

    table["roi"] = roi("prevented_damage_amount", table["new_margin_amount"])
    table["roi_low"] = roi("prevented_damage_low_amount", np.minimum(attributed * 0.25, attributed * 0.75))
    table["roi_high"] = roi("prevented_damage_high_amount", np.maximum(attributed * 0.25, attributed * 0.75))
    table["status"] = status(customers_)
    return table


def main():
    inbox, out = Path(sys.argv[1]) / "inbox", Path(sys.argv[2])
    newest = dt.date.fromisoformat(max(path.name for path in inbox.glob("*/*")))
    midnight = dt.datetime.combine(newest + dt.timedelta(days=1), dt.time(), ZoneInfo(ZONE))
    as_of = pd.Timestamp(midnight).tz_convert("UTC").tz_localize(None)
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
        table.to_parquet(out / f"{name}.parquet")


if __name__ == "__main__":
    main()
