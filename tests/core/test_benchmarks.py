from assets.core.benchmarks import benchmarks
from schemas.raw.benchmarks import RawBenchmarks
from tests.core.rows import benchmark, lazy, only


def test_a_benchmark_is_taken_over_and_one_for_no_segment_holds_for_all() -> None:
    row = only(benchmarks(lazy(RawBenchmarks, benchmark(n=120))))

    assert (row["kpi"], row["figure"], row["segment"], row["value"], row["n"], row["lower_quartile"]) == (
        "satisfaction_daily",
        "csat",
        "all",
        0.8,
        120,
        None,
    )
