"""Contracts of the published tables about the data itself: how fresh, how complete, what was refused. No KPI and no personal data."""
