"""A company's exports at any size, to measure on: ``python -m bench.workload DIR --items 1_000_000 --days 365 --seed 1``.

A feedback item is a survey response, a support ticket or a customer's text message; orders, costs, customers and the tickets' histories
come in proportion. Written day by day with the columns of a day held at a time, so that memory grows with a day and not with the whole.
Planted in small proportion: files delivered twice, rows that come days late, corrections, states that are older than what is known,
customers recorded twice, and rows that must be refused. Every file can be cut into records: rows of another width than their header are
not planted, because some tools that are compared refuse the whole file for one.

The demo company (`pipelines.demo`) is richer and knows the truth of every figure; it writes record by record and stays small.
"""

from bench.workload.files import Planted
from bench.workload.writing import write_workload

__all__ = ["Planted", "write_workload"]
