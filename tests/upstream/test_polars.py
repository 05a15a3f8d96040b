"""What we rely on in Polars."""

import datetime as dt

import polars as pl
import pytest

MIDNIGHT = dt.datetime(2018, 11, 4)


def test_a_local_time_that_a_zone_skipped_becomes_null_when_asked_and_an_error_otherwise() -> None:
    walls = pl.Series([MIDNIGHT, MIDNIGHT + dt.timedelta(hours=1)])

    zoned = walls.dt.replace_time_zone("America/Sao_Paulo", non_existent="null").dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    assert zoned.to_list() == [None, dt.datetime(2018, 11, 4, 3)]
    with pytest.raises(pl.exceptions.ComputeError):
        walls.dt.replace_time_zone("America/Sao_Paulo")


def test_of_a_local_time_that_happened_twice_the_earlier_is_taken_when_asked() -> None:
    walls = pl.Series([dt.datetime(2026, 11, 1, 0, 30)])

    zoned = walls.dt.replace_time_zone("America/Havana", ambiguous="earliest").dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    assert zoned.to_list() == [dt.datetime(2026, 11, 1, 4, 30)]
