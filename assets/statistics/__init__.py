"""Statistics that know no tables: numbers in, numbers out, each with its source."""
