"""The command `kpis`: its commands and options. What they do stands in the other modules of this package."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.console import exits_cleanly

app = typer.Typer(
    name="kpis",
    help="Turn what customers say into what it is worth: load feedback, compute the KPIs, publish them.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # drawing frames around the help would take longer than all the rest of showing it
)

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", "-s", help="Settings file; else KPIS_SETTINGS, else kpis.toml here.", show_default=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
DAY_FORMAT = ["%Y-%m-%d"]


def examples(*lines: str) -> str:
    """What stands at the end of a command's help; the mark keeps its lines as they are."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


@app.command(epilog=examples("kpis init /srv/feedback --time-zone Europe/Berlin", "kpis init ."))
@exits_cleanly
def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the deployment; empty, not there yet, or made by this command.")],
    time_zone: Annotated[str, typer.Option(help="Business time zone of a new deployment.")] = "UTC",
    currency: Annotated[str, typer.Option(help="Reporting currency of a new deployment.")] = "EUR",
) -> None:
    """Start a deployment, or bring one up to date. What is yours in it stays; the rest follows the package."""
    from pipelines.cli import init_command

    init_command.init(folder, time_zone, currency)


@app.command(epilog=examples("kpis demo", "kpis demo small --days 12"))
@exits_cleanly
def demo(
    folder: Annotated[Path, typer.Argument(help="Folder to write the demo company into.")] = Path("demo"),
    days: Annotated[int, typer.Option(help="How many arrival days.", min=8)] = 120,
    write_only: Annotated[bool, typer.Option("--write-only", help="Write the inbox and stop; load it with `kpis backfill`.")] = False,
) -> None:
    """Write a demo company, load its export files, show its KPIs."""
    from pipelines.cli import demo_command

    demo_command.demo(folder, days, run=not write_only)


@app.command(epilog=examples("kpis run", "kpis run --day 2026-10-31"))
@exits_cleanly
def run(
    day: Annotated[
        dt.datetime | None, typer.Option(formats=DAY_FORMAT, metavar="DAY", help="Arrival day; yesterday unless given.", show_default=False)
    ] = None,
    settings: SettingsOption = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Compute every table whole, whatever has changed.")] = False,
) -> None:
    """Load one arrival day, bring every table up to date, publish. This is what the daily schedule does."""
    from pipelines.cli import run_commands

    run_commands.run(settings, day.date() if day else None, rebuild=rebuild)


@app.command(epilog=examples("kpis backfill 2026-10-30 2026-10-31"))
@exits_cleanly
def backfill(
    first: Annotated[dt.datetime, typer.Argument(formats=DAY_FORMAT, help="First arrival day.", metavar="FROM")],
    last: Annotated[dt.datetime, typer.Argument(formats=DAY_FORMAT, help="Last arrival day.", metavar="TO")],
    settings: SettingsOption = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Compute every table whole, whatever has changed.")] = False,
) -> None:
    """Load a range of arrival days in one run. Days that are loaded and unchanged cost next to nothing."""
    from pipelines.cli import run_commands

    run_commands.backfill(settings, first.date(), last.date(), rebuild=rebuild)


@app.command(epilog=examples("kpis land", "kpis land mailbox"))
@exits_cleanly
def land(
    name: Annotated[str | None, typer.Argument(help="Name of a connector; all of them unless given.", show_default=False)] = None,
    settings: SettingsOption = None,
) -> None:
    """Fetch what is new from the network into the inbox. Exits 1 when a source fails, after the others had their turn."""
    from pipelines.cli import land_command

    land_command.land(settings, name)


@app.command(epilog=examples("kpis publish"))
@exits_cleanly
def publish(settings: SettingsOption = None) -> None:
    """Publish the KPI tables as they are, without loading anything."""
    from pipelines.cli import run_commands

    run_commands.publish(settings)


@app.command(epilog=examples("kpis status", "kpis status --json"))
@exits_cleanly
def status(settings: SettingsOption = None, as_json: JsonOption = False) -> None:
    """Say what is loaded, refused and waiting, and how fresh it is."""
    from pipelines.cli import ledger_commands

    ledger_commands.status(settings, as_json=as_json)


@app.command(epilog=examples("kpis quarantine", "kpis quarantine --feed orders --day 2026-10-31", "kpis quarantine --limit 1000 --json"))
@exits_cleanly
def quarantine(
    feed: Annotated[str | None, typer.Option(help="Only this feed.", show_default=False)] = None,
    day: Annotated[
        dt.datetime | None, typer.Option(formats=DAY_FORMAT, metavar="DAY", help="Only this arrival day.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(help="Rows to show.", min=1)] = 50,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what was refused, why, and what it said. Exits 1 when there is anything."""
    from pipelines.cli import ledger_commands

    ledger_commands.quarantine(settings, feed, day.date() if day else None, limit, as_json=as_json)


@app.command(epilog=examples("kpis show", "kpis show satisfaction_daily", "kpis show satisfaction_daily --per month --by channel --json"))
@exits_cleanly
def show(
    kpi: Annotated[
        str | None, typer.Argument(help="Name of a KPI table, such as satisfaction_daily; a list of them unless given.", show_default=False)
    ] = None,
    since: Annotated[dt.datetime | None, typer.Option(formats=DAY_FORMAT, metavar="DAY", help="First period.", show_default=False)] = None,
    by: Annotated[list[str] | None, typer.Option(help="Also group by this column; may be repeated.", show_default=False)] = None,
    per: Annotated[str | None, typer.Option(help="Sum periods to `week`, `month` or `quarter`.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(help="Newest rows to show.", min=1)] = 31,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a published KPI; without a name, list the KPIs. It is re-aggregated over everything that is not asked for."""
    from pipelines.cli import show_command

    if kpi is None:
        show_command.list_kpis(as_json=as_json)
        return
    show_command.show(settings, kpi, since.date() if since else None, by or [], per, limit, as_json=as_json)


@app.command(
    epilog=examples(
        "kpis explain satisfaction_daily", "kpis explain satisfaction_daily --day 2026-10-25 --figure csat_top2 --where channel=web"
    )
)
@exits_cleanly
def explain(
    kpi: Annotated[str, typer.Argument(help="Name of a KPI table, such as satisfaction_daily.")],
    day: Annotated[
        dt.datetime | None,
        typer.Option(formats=DAY_FORMAT, metavar="DAY", help="A day of the period, else the newest.", show_default=False),
    ] = None,
    figure: Annotated[str | None, typer.Option(help="Only this figure, such as csat_top2.", show_default=False)] = None,
    where: Annotated[
        list[str] | None, typer.Option(help="Only rows with this value, such as channel=web; may be repeated.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(help="Keys of rows to show of each input.", min=0)] = 10,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how a published figure came about. Formula, numbers put in, what was left out, what it rests on, and the rows behind it."""
    from pipelines.cli import explain_command

    explain_command.explain(settings, kpi, day.date() if day else None, figure, where or [], limit, as_json=as_json)


@app.command(epilog=examples("kpis report", "kpis report --out morning.html"))
@exits_cleanly
def report(
    out: Annotated[
        Path | None, typer.Option(help="File; report.html beside the published tables unless given.", show_default=False)
    ] = None,
    settings: SettingsOption = None,
) -> None:
    """Write the page for whoever looks once a morning. It is one HTML file that needs nothing else."""
    from pipelines.cli import report_command

    report_command.report(settings, out)


@app.command(
    epilog=examples(
        "kpis superset dashboards.zip",
        "kpis superset dashboards",
        "kpis superset shop.zip --name Shop --database-uri postgresql://bi@db/feedback",
    )
)
@exits_cleanly
def superset(
    target: Annotated[Path, typer.Argument(help="FILE.zip to write, or a folder for the files in it.")],
    database_uri: Annotated[
        str | None,
        typer.Option(help="Where Superset reads, as SQLAlchemy writes it; the published DuckDB file unless given.", show_default=False),
    ] = None,
    name: Annotated[
        str, typer.Option(help="What the database is called in Superset; another company's needs another name.")
    ] = "Feedback KPIs",
    settings: SettingsOption = None,
) -> None:
    """Write the Superset dashboards of the published KPIs. They are made from the definitions; no data is read."""
    from pipelines.cli import superset_command

    superset_command.superset(settings, target, database_uri, name)


alerts_app = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
app.add_typer(alerts_app, name="alerts")


@alerts_app.callback(invoke_without_command=True, epilog=examples("kpis alerts", "kpis alerts --json"))
@exits_cleanly
def alerts(context: typer.Context, settings: SettingsOption = None, as_json: JsonOption = False) -> None:
    """List what is out of its bounds and since when. Exits 1 when there is anything."""
    from pipelines.cli import alerts_command

    if context.invoked_subcommand is None:
        alerts_command.alerts(settings, as_json=as_json)


@alerts_app.command("send", epilog=examples("kpis alerts send"))
@exits_cleanly
def alerts_send(settings: SettingsOption = None) -> None:
    """Tell people what they have not been told. Every run does so at its end; this is for one that stopped before."""
    from pipelines.cli import alerts_command

    alerts_command.send(settings)


@alerts_app.command("test", epilog=examples("kpis alerts test"))
@exits_cleanly
def alerts_test(settings: SettingsOption = None) -> None:
    """Send a test message over every channel that is set up."""
    from pipelines.cli import alerts_command

    alerts_command.test(settings)


@app.command(
    epilog=examples(
        "kpis inspect export.csv", "kpis inspect export.csv --feed orders", "kpis inspect export.csv --adapter orders_csv --json"
    )
)
@exits_cleanly
def inspect(
    file: Annotated[Path, typer.Argument(help="An export file, compressed or not.")],
    adapter: Annotated[str | None, typer.Option(help="Read it with this adapter.", show_default=False)] = None,
    feed: Annotated[str | None, typer.Option(help="Read it as this feed of the settings would.", show_default=False)] = None,
    rows: Annotated[int, typer.Option(help="Rows to show.", min=1, max=8)] = 3,
    settings: SettingsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how an export file would be read. Also what would be refused and why, and the settings to paste."""
    from pipelines.cli import inspect_command

    inspect_command.inspect(file, settings, adapter, feed, rows, as_json=as_json)


@app.command(epilog=examples("kpis train labels.csv", "kpis train labels.csv --least-confidence 0.8 --out careful.npz"))
@exits_cleanly
def train(
    labels: Annotated[Path, typer.Argument(help="CSV file with the columns text and category.")],
    out: Annotated[Path, typer.Option(help="Where to write the classifier.")] = Path("classifier.npz"),
    least_confidence: Annotated[float, typer.Option(help="Probability below which a text stays unclassified.", min=0, max=1)] = 0.6,
    as_json: JsonOption = False,
) -> None:
    """Learn from labelled texts what customers write about. Says how well that works on texts not learnt from."""
    from pipelines.cli import train_command

    train_command.train(labels, out, least_confidence, as_json=as_json)


@app.command(name="app", epilog=examples("kpis app", "kpis app --port 8502"))
@exits_cleanly
def app_page(
    settings: SettingsOption = None,
    port: Annotated[int, typer.Option(help="Port on the loopback address.", min=1, max=65535)] = 8501,
) -> None:
    """Open a page that goes from a figure down to its rows. It is served on 127.0.0.1 and needs the extra `app`."""
    from pipelines.cli import app_command

    app_command.app(settings, port)


@app.command(epilog=examples("kpis dev", "kpis dev --port 3001 --settings demo/kpis.toml"))
@exits_cleanly
def dev(
    settings: SettingsOption = None,
    port: Annotated[int, typer.Option(help="Port on the loopback address.", min=1, max=65535)] = 3000,
) -> None:
    """Open the Dagster UI, with schedule and sensor, on 127.0.0.1."""
    from pipelines.cli import run_commands

    run_commands.dev(settings, port)


def main() -> None:
    """Entry point of the command `kpis`."""
    app(prog_name="kpis")  # also when started in another way than by its script: completion goes by this name
