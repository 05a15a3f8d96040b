"""The command `superset`: the dashboards as a file that Superset imports."""

from pathlib import Path

from pipelines.cli.console import console
from pipelines.errors import PipelineError
from pipelines.publishing.publish import DATABASE_NAME
from pipelines.settings import load_settings
from pipelines.superset.bundle import Bundle
from pipelines.superset.database import at, published_file


def superset(settings_file: Path | None, target: Path, database_uri: str | None, name: str) -> None:
    """See `app.superset`."""
    settings = load_settings(settings_file)
    postgresql = settings.publish.postgresql
    schema = postgresql.schema_name if postgresql else "kpis"
    database = at(database_uri, schema) if database_uri else published_file(settings.published_path / DATABASE_NAME)
    bundle = Bundle(name, database, settings.currency)
    if not target.parent.is_dir():
        raise PipelineError(f"There is no folder {target.parent} to write the dashboards into; make it, or name another place.")
    if target.suffix == ".zip":
        target.write_bytes(bundle.zipped())
    else:
        for path, text in bundle.files().items():
            file = target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    console().print(f"{target.resolve()}", soft_wrap=True, markup=False)
