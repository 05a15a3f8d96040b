"""Measurements: what the pipeline costs, beside what it could cost at best and what one would otherwise build."""
