"""Alerts: what is out of its bounds, since when, and telling people of it once."""
