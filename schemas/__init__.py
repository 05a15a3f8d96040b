"""What the data is: one contract per table, the closed vocabularies, and what is read off a contract.

Belongs here: contracts (`raw/`, `core/`, `kpi/`, `ledger/`), `vocabulary`, and `projection`, which turns a
contract into DDL, comments and column descriptions. Does not belong here: anything that computes a value,
opens a file or knows a database connection.
"""
