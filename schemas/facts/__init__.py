"""Contracts of the tables to drill down into: what a KPI counts, row by row, and the days, customers and words that rows are told apart by.

They are projections of core, made when it is published and stored nowhere else. No text of a customer, no identifier, no id of a source
but that of tickets.
"""
