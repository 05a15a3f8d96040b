"""Contracts of the published tables: what BI tools and people read."""
