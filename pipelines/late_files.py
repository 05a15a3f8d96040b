"""The sensor for files that arrive between daily runs."""

import hashlib
import json

import dagster as dg

from pipelines.inbox import Inbox
from pipelines.settings import Settings


def late_files_sensor(settings: Settings, job_name: str) -> dg.SensorDefinition:
    """Ask for a run of every recent arrival day whose files have changed and then stood still for one tick.

    It looks at the inbox alone, never at the warehouse, which a run may have open.
    """

    @dg.sensor(
        name="late_files",
        job_name=job_name,
        minimum_interval_seconds=settings.schedule.late_check_seconds,
        description=f"Files that arrive late, up to {settings.schedule.late_days} arrival days back.",
    )
    def late_files(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        inbox = Inbox(settings.inbox_url)
        inbox.file_loose(settings.feeds, settings.today())
        seen: dict[str, dict[str, str]] = json.loads(context.cursor) if context.cursor else {}
        now = _digests(inbox, settings)
        requests, cursor = [], {}
        for day, digest in now.items():
            before = seen.get(day, {"digest": "", "asked": ""})
            asked = before["asked"]
            if before["digest"] == digest != asked:
                requests.append(dg.RunRequest(run_key=f"{day} {digest}", partition_key=day))
                asked = digest
            cursor[day] = {"digest": digest, "asked": asked}
        return dg.SensorResult(run_requests=requests, cursor=json.dumps(cursor))

    return late_files


def _digests(inbox: Inbox, settings: Settings) -> dict[str, str]:
    """For each recent arrival day with files: a hash over their names, sizes and times. Today is the daily run's."""
    days = [day for day in inbox.arrival_days(settings.feeds) if 0 < (settings.today() - day).days <= settings.schedule.late_days]
    digests = {}
    for day in days:
        listing = [(feed, file.name, file.stamp) for feed in sorted(settings.feeds) for file in inbox.files(feed, day)]
        if listing:
            digests[day.isoformat()] = hashlib.sha256(json.dumps(listing).encode()).hexdigest()[:16]
    return digests
