"""The current truth: the winning version of every record, its customer, its business date.

Belongs here: what several KPIs need to know of one thing (an answer, a ticket, a contact). Does not belong
here: a figure about many things; that is a KPI.
"""
