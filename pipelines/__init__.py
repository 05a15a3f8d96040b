"""When and where it runs: settings, inbox, warehouse, publication, Dagster definitions, command line, demo."""
