"""Which tests one worker runs: those of files that share something dear, which is then made once; any other test may run anywhere.

The marks of pytest-xdist are not used for this. It tells the groups apart by node ids that it rewrites, which pytest has no longer let
it do since 9.2: the marks are ignored without a word (pytest-dev/pytest-xdist#1386).
"""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = (
    "tests/pipelines/test_planted_",
    "tests/pipelines/test_explain.py",
    "tests/docs/test_commands.py",
    "tests/docs/test_docs.py",
    "tests/docs/test_kpi_pages.py",
    "tests/docs/test_site.py",
    "tests/demo/test_demo_is_read_as_planted.py",
    "tests/postgresql/",
    "tests/connectors/test_imap.py",
    "tests/connectors/test_twilio_prism.py",
)
"""How the paths of files begin whose tests run together; a beginning that several files have brings them together."""


def unit_of(test: str) -> str:
    """What a test is scheduled with, by its node id."""
    return next((beginning for beginning in TOGETHER if test.startswith(beginning)), test)


class Together(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Gives a worker one unit after the other, the largest first."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)
