"""Statistics as pure functions of plain numbers: nothing here knows a table, a setting or an engine."""
