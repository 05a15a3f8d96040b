"""Contracts of the core layer: the current truth, one row per thing, with customers identified and days decided."""
