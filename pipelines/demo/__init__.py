"""The demo company: export files in the sources' own formats, with planted faults and the truth about them.

Nothing here reads a file or computes a KPI with the pipeline's code: the truth is told off, in plain Python, from
what the generator itself made happen, so that the pipeline can be held against it.
"""

import datetime as dt
from pathlib import Path

from pipelines.demo.folder import DemoFolder, DemoSummary, generator_hash
from pipelines.demo.settings import settings_text
from pipelines.demo.story import Story

__all__ = ["DemoSummary", "write_demo"]

LAST_DAY = dt.date(2026, 10, 31)
SEED = 20261031


def write_demo(directory: Path, days: int = 120, last_day: dt.date = LAST_DAY, seed: int = SEED) -> DemoSummary:
    """Writes ``days`` arrival days of exports, the settings and the truth into a folder; twice gives the same bytes.

    Raises ValueError when the folder holds anything of these names that the generator did not make.
    """
    if days < 1:
        raise ValueError(f"a demo has at least one day, not {days}")
    folder = DemoFolder(directory, {"days": days, "last_day": last_day.isoformat(), "seed": seed, "generator": generator_hash()})
    if (done := folder.finished()) is not None:
        return done
    folder.prepare()
    story = Story(days, last_day, seed)
    for arrived_on, deliveries in story.days():
        for delivery in deliveries:
            folder.deliver(delivery.feed, arrived_on, delivery.name, delivery.content)
    counts = story.register.feeds.values()
    summary = DemoSummary(
        files=sum(count.files for count in counts),
        records=sum(count.read for count in counts),
        items=sum(count.new for count in counts),
    )
    folder.finish(settings_text(story.clock.dates[0]), story.truth(), summary)
    return summary
