"""What is computed: adapters (`raw/`), the current truth (`core/`), the KPIs (`kpi/`) and the checks on them.

Pure functions, frames in, frames out: no file, no database, no clock, no network. Only `binding` and
`checks/` know Dagster.
"""
