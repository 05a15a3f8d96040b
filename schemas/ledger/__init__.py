"""Contracts of the ledger: what was delivered, what was refused, and what each table was computed from."""
