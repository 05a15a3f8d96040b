"""What the demo company's customers write about: the taxonomy that its settings declare."""

from typing import Final

TAXONOMY: Final = {
    "parcel": ("delivery", ("paket", "lieferung"), "normal"),
    "broken_tool": ("product", ("gebrochen", "spaten", "handle broke"), "high"),
    "giving_back": ("returns", ("rückgabe",), "low"),
    "invoice": ("billing", ("rechnung",), "high"),
    "cart": ("website", ("warenkorb", "webseite"), "normal"),
    "moving_house": ("account", (r"konto umziehen",), "low"),
}
"""Category, patterns and severity by rule."""


def as_settings() -> list[str]:
    """The blocks of the settings file."""
    lines: list[str] = []
    for name, (category, patterns, severity) in TAXONOMY.items():
        listed = ", ".join(f"'{pattern}'" for pattern in patterns)
        lines += ["", f"[taxonomy.{name}]", f'category = "{category}"', f"patterns = [{listed}]", f'severity = "{severity}"']
    return lines
