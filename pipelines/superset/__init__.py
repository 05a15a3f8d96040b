"""Superset dashboards as files, made from the contracts. Nothing here imports Superset or reads data."""
