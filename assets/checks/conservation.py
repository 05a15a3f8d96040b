"""Whether every record that was read is accounted for."""

import dagster as dg

NAME = "conservation"
SPEC_TEXT = "For every loaded file: records read = accepted + quarantined + duplicate, and none of these is negative."


def conservation(unaccounted_files: int) -> dg.AssetCheckResult:
    """Fail when any file's counts do not add up; ``unaccounted_files`` is how many do not."""
    text = "Every record is accounted for." if not unaccounted_files else f"The counts of {unaccounted_files} files do not add up."
    return dg.AssetCheckResult(passed=unaccounted_files == 0, check_name=NAME, description=text)
