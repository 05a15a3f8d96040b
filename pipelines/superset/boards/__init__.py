"""Which dashboards there are: each a module, made for who opens it, its charts in the order in which they would ask."""

from typing import Final

from pipelines.superset.boards import first_contact, loyalty_and_damage, money, service_quality

BOARDS: Final = (service_quality.BOARD, first_contact.BOARD, money.BOARD, loyalty_and_damage.BOARD)
