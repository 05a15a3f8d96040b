"""A walk over pages that ends: the same page is never asked for twice, and there is a last page."""

from collections.abc import Hashable

from pipelines.connectors.protocol import ConnectorError


class Walk:
    """The pages of one run of a connector."""

    def __init__(self, name: str, most_pages: int) -> None:
        self._name = name
        self._most_pages = most_pages
        self._seen: set[Hashable] = set()

    def go_to(self, page: Hashable) -> None:
        """Note the page that is asked for next. Raises ConnectorError when it was asked for before, or is one too many."""
        if page in self._seen:
            raise ConnectorError(
                f"connectors.{self._name}: the source names a next page that was fetched already, so its pages would never end; "
                "the walk was stopped. What came before is landed."
            )
        if len(self._seen) >= self._most_pages:
            raise ConnectorError(
                f"connectors.{self._name}: more than {self._most_pages} pages in one run; raise `most_pages` if that is right, "
                "or run again where the position moves with every page."
            )
        self._seen.add(page)
