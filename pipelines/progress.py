"""How far a run has come, for whoever wants to be told while it runs."""

import datetime as dt


class Progress:
    """Is told of every step of a run; this one keeps it to itself."""

    def read(self, day: dt.date, records: int) -> None:
        """The files of an arrival day have been read; those not known yet held so many records."""

    def refreshed(self, table: str) -> None:
        """A derived table is up to date."""
