"""What we rely on in pandera."""

import pandera.errors
import pandera.polars as pa
import polars as pl
import pytest


class Numbers(pa.DataFrameModel):
    number: int = pa.Field(ge=0, unique=True)


def test_a_lazy_frame_is_checked_for_types_alone_so_only_eager_frames_are_validated() -> None:
    bad = pl.DataFrame({"number": [-1]})

    with pytest.raises(pandera.errors.SchemaError):
        Numbers.validate(bad)
    assert Numbers.validate(bad.lazy()).collect().height == 1
    with pytest.raises(pandera.errors.SchemaError):
        Numbers.validate(pl.LazyFrame({"number": ["x"]}))


def test_the_index_of_a_failure_case_is_the_row() -> None:
    with pytest.raises(pandera.errors.SchemaErrors) as faults:
        Numbers.validate(pl.DataFrame({"number": [5, -1, 7, -2]}), lazy=True)

    assert faults.value.failure_cases["index"].to_list() == [1, 3]


def test_a_fault_of_shape_has_no_row() -> None:
    with pytest.raises(pandera.errors.SchemaErrors) as faults:
        Numbers.validate(pl.DataFrame({"other": [1]}), lazy=True)

    assert faults.value.failure_cases["index"].to_list() == [None]
