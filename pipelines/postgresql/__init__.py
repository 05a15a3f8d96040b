"""PostgreSQL as a second place of publication: the published tables, copied from the published file."""
