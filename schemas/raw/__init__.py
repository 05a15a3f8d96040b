"""Contracts of the raw layer: every accepted version of every record, in the sources' common normal form.

Adapters of many export formats fill the same table: a column exists when at least two sources can fill it.
Addresses, numbers and names are not here: a customer is a keyed hash from the door on. Each table is stored
with `version_id` in front, which ties a row to its line in `ledger.versions`; no adapter makes it.
"""
