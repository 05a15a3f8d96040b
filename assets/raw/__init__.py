"""Adapters: one function per export format, from bytes to contracted raw rows, nothing lost on the way.

Belongs here: reading a format, the declared mapping, refusing a record with its reason. Does not belong here:
finding files, versions and duplicates (the warehouse), business dates and identity (`core`).
"""
