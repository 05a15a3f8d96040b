"""Where rows live. `protocol` says what a warehouse must do; `duckdb_*` do it in one file on this machine."""
