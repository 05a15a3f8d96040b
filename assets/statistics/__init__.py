"""Statistics and formulas that know no tables, each with its source."""
