"""Where the demo is put: its folder, the marker that says what made it, and writing without touching what is there."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

INBOX: Final = "inbox"
SETTINGS: Final = "kpis.toml"
TRUTH: Final = "truth.json"
MARKER: Final = "demo.json"
MADE_BY: Final = "feedback-kpis demo generator"


@dataclass(frozen=True)
class DemoSummary:
    """What a demo folder holds."""

    files: int
    records: int
    """Records in the files, refused and repeated ones among them."""
    items: int
    """Distinct records accepted: responses, messages, tickets, orders, calls, employees and so on."""


def generator_hash() -> str:
    """Fingerprint of the generator's own code."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


class DemoFolder:
    """A folder that a demo is written into. Refuses one that somebody else has filled."""

    def __init__(self, directory: Path, made_with: dict[str, Any]) -> None:
        self._directory: Final = directory
        self._made_with: Final = made_with
        self._folders: Final[set[Path]] = set()
        self._is_fresh = False

    def finished(self) -> DemoSummary | None:
        """The summary of what is there, if it was made with the same parameters and was finished."""
        marker = self._marker()
        if marker is None or marker.get("made_with") != self._made_with or "summary" not in marker:
            return None
        is_whole = (self._directory / TRUTH).is_file() and (self._directory / SETTINGS).is_file() and (self._directory / INBOX).is_dir()
        return DemoSummary(**marker["summary"]) if is_whole else None

    def _marker(self) -> dict[str, Any] | None:
        path = self._directory / MARKER
        if not path.is_file():
            return None
        try:
            marker = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            marker = None
        if not isinstance(marker, dict) or marker.get("made_by") != MADE_BY:
            raise ValueError(f"{path} was not written by the demo generator; choose another folder for the demo")
        return marker

    def prepare(self) -> None:
        """Makes the folder ready: what an earlier demo with other parameters left in the inbox is removed."""
        inbox = self._directory / INBOX
        marker = self._marker()
        if marker is None:
            for name in (INBOX, SETTINGS, TRUTH):
                if (self._directory / name).exists():
                    raise ValueError(
                        f"{self._directory} holds {name} but no {MARKER}: nothing says that the demo generator made it,"
                        " and it will not be overwritten; choose another folder for the demo"
                    )
        elif marker.get("made_with") != self._made_with and inbox.exists():
            shutil.rmtree(inbox)
        self._is_fresh = not inbox.exists()
        self._directory.mkdir(parents=True, exist_ok=True)
        (self._directory / TRUTH).unlink(missing_ok=True)
        self._write_marker({})
        inbox.mkdir(exist_ok=True)

    def _write_marker(self, more: dict[str, Any]) -> None:
        text = json.dumps({"made_by": MADE_BY, "made_with": self._made_with, **more}, indent=1)
        self._write(self._directory / MARKER, text.encode() + b"\n")

    def deliver(self, feed: str, arrived_on: str, name: str, content: bytes) -> None:
        """Puts a file into the inbox."""
        folder = self._directory / INBOX / feed / arrived_on
        if folder not in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
            self._folders.add(folder)
        if self._is_fresh:
            (folder / name).write_bytes(content)
        else:
            self._write(folder / name, content)

    def finish(self, settings: str, truth: dict[str, Any], summary: DemoSummary) -> None:
        """Writes the settings and the truth; with the truth and the marker's summary the demo is whole."""
        self._write(self._directory / SETTINGS, settings.encode())
        self._write(self._directory / TRUTH, json.dumps(truth, indent=1, ensure_ascii=False).encode() + b"\n")
        self._write_marker({"summary": {"files": summary.files, "records": summary.records, "items": summary.items}})

    def _write(self, path: Path, content: bytes) -> None:
        if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
            return
        path.write_bytes(content)
