"""The page itself, as Streamlit runs it from top to bottom for every choice: `page.py FOLDER`, the folder of the publication."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import streamlit as st

from pipelines.browsing.behind import facts_behind, made_of
from pipelines.errors import PipelineError
from pipelines.explaining import Figure, Published, published
from pipelines.published import kpi_table, query
from schemas.catalogue import KPI
from schemas.projection import columns, explanation, facts, grain, period_column, quoted, summary, table_name
from schemas.table import Table

EVERY: Final = "every one"
MOST_ROWS: Final = 1000


def show(folder: Path) -> None:
    """Choose a KPI, a period and what tells its rows apart; then the figure, what it is made of, and the rows behind it."""
    st.set_page_config(page_title="From a KPI to its rows", layout="wide")
    table = _chosen_table()
    chosen = _chosen_values(folder, table)
    st.title(table_name(table).removeprefix("kpi."))
    st.markdown(summary(table))
    with st.expander("How it is defined"):
        st.markdown(explanation(table))
        st.markdown("  \n".join(f"*{name.capitalize()}*: {said}" for name, said in facts(table).items()))
    found = published(folder, table, chosen)
    _show_figure(found)
    _show_reservations(found)
    _show_rows(folder, table, chosen)


def _chosen_table() -> type[Table]:
    names = sorted(table_name(table).removeprefix("kpi.") for table in KPI if table_name(table) != "kpi.metric_catalogue")
    name = st.sidebar.selectbox("KPI", names, index=names.index("satisfaction_daily"), key="kpi")
    return kpi_table(str(name))


def _chosen_values(folder: Path, table: type[Table]) -> dict[str, object]:
    """The values that the columns of the grain are held at; the newest period at first, and every row of it."""
    chosen: dict[str, object] = {}
    period = period_column(table)
    for column in sorted(grain(table), key=lambda name: name != period):
        values = _values(folder, table, column, chosen)
        described = next(known.description for known in columns(table) if known.name == column)
        key = f"{table_name(table)}.{column}"
        if column == period:
            if values:
                chosen[column] = st.sidebar.selectbox(_words(column), values[::-1], help=described, key=key)
        else:
            value = st.sidebar.selectbox(_words(column), [EVERY, *values], help=described, key=key)
            if value != EVERY:
                chosen[column] = value
    return chosen


def _values(folder: Path, table: type[Table], column: str, chosen: Mapping[str, object]) -> list[Any]:
    """The values of a column in the rows that are left."""
    held = " AND ".join(f"{quoted(name)} = ?" for name in chosen) or "true"
    sql = f"SELECT DISTINCT {quoted(column)} AS value FROM {quoted(table_name(table))} WHERE {held} ORDER BY value"
    return query(folder, sql, list(chosen.values()))["value"].to_list()


def _show_figure(found: Published) -> None:
    if not found.figures:
        st.info("This table has no computed figure; its rows stand below as they are.")
        return
    by_name = {figure.name: figure for figure in found.figures if not figure.name.endswith(("_ci_low", "_ci_high"))}
    first = next((place for place, figure in enumerate(by_name.values()) if figure.value is not None), 0)
    chosen = by_name[str(st.selectbox("Figure", list(by_name), index=first, key=f"{table_name(found.table)}.figure"))]
    said, made = st.columns([1, 2])
    said.metric(chosen.name, _written(chosen.value, chosen), help=chosen.description)
    if chosen.low is not None and chosen.high is not None:
        said.caption(f"95 % interval: {_written(chosen.low, chosen)} to {_written(chosen.high, chosen)}")
    said.caption(f"of {found.row_count:,} published rows")
    made.markdown(chosen.description)
    if chosen.formula:
        made.code(f"{chosen.name} = {chosen.formula}\n{' ' * len(chosen.name)} = {chosen.put_in}", language="sql")
    elif chosen.method:
        made.markdown(f"Method: {chosen.method}. It holds for a single row: choose one, or see the rows behind.")


def _show_reservations(found: Published) -> None:
    said = {
        "Left out, not yet mature, or unknown": {name: f"{count:,}" for name, count in found.left_out.items() if count},
        "How the rows may be read": {name: f"{count:,} rows" for name, count in found.statuses.items()},
        "What inputs rest on, at their weakest": found.bases,
    }
    known = {title: values for title, values in said.items() if values}
    for place, (title, values) in zip(st.columns(max(1, len(known))), known.items(), strict=False):
        place.markdown(f"**{title}**  \n" + "  \n".join(f"{_words(name)}: {text}" for name, text in values.items()))


def _show_rows(folder: Path, table: type[Table], chosen: Mapping[str, object]) -> None:
    st.header("The rows behind it")
    behind = facts_behind(folder, table, chosen, MOST_ROWS)
    others = made_of(table)
    if others:
        st.caption(
            f"Also computed from {', '.join(others)}; of these no rows belong to this part alone, or they are not published as facts."
        )
    if not behind:
        return
    for place, part in zip(st.tabs([f"{table_name(part.contract)} ({part.count:,})" for part in behind]), behind, strict=True):
        place.markdown(explanation(part.contract))
        kinds = {"DATE": st.column_config.DateColumn}
        described = {
            column.name: kinds.get(column.sql_type, st.column_config.Column)(help=column.description) for column in columns(part.contract)
        }
        order = sorted(part.rows.columns, key=lambda name: name.endswith(("_key", "_ref")))
        place.dataframe(part.rows, column_config=described, column_order=order, hide_index=True)
        if part.count > part.rows.height:
            place.caption(f"The first {part.rows.height:,} of {part.count:,}.")


def _written(value: float | None, figure: Figure) -> str:
    if value is None:
        return "not defined here"
    return f"{value * 100:.1f} %" if figure.unit == "ratio" else f"{value:,.2f}"


def _words(name: str) -> str:
    return name.replace("_", " ")


if __name__ == "__main__":
    try:
        show(Path(sys.argv[1]))
    except PipelineError as fault:
        st.error(str(fault))
