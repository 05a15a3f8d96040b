"""The KPIs: one file per published table, a function from contracted rows to contracted rows.

Belongs here: a figure about many things. Does not belong here: Dagster, DuckDB, another KPI, or anything that
asks what day it is.
"""
