"""The truth's own answer to who is who: records of the CRM that share an identifier are one customer."""

from collections.abc import Iterator, Mapping

from pipelines.demo.customers import Record

UNKNOWN = "unknown"


class Identity:
    """Groups of identifiers such as ``id:100001``, ``email:a@example.com``, ``phone:+44…``."""

    def __init__(self, crm: Mapping[int, tuple[str, ...]]) -> None:
        self._parent: dict[str, str] = {}
        for number, (email, phone, *_) in crm.items():
            own = self._root(f"id:{number}")
            if email:
                self._parent[self._root(f"email:{email.lower()}")] = own
                own = self._root(own)
            if phone:
                self._parent[self._root(f"phone:{phone}")] = own

    def _root(self, key: str) -> str:
        path = []
        while (above := self._parent.setdefault(key, key)) != key:
            path.append(key)
            key = above
        for passed in path:
            self._parent[passed] = key
        return key

    def who(self, identifier: str) -> str:
        """The customer behind an identifier; one that the CRM does not know is a customer of its own."""
        return self._root(identifier)


class People(Identity):
    """Who is who, and what the CRM says of each: the segment of the record changed last, the first day of the oldest."""

    def __init__(self, crm: Mapping[int, Record]) -> None:
        super().__init__(crm)
        self._segments: dict[str, str] = {}
        self._since: dict[str, str] = {}
        for number, record in sorted(crm.items(), key=lambda item: (item[1].changed, item[0])):
            who = self.who(f"id:{number}")
            self._segments[who] = record.segment
            self._since[who] = min(record.since, self._since.get(who, record.since))

    def segment(self, identifier: str) -> str:
        """The segment of the customer behind an identifier."""
        return self._segments.get(self.who(identifier), UNKNOWN)

    def everybody(self) -> Iterator[tuple[str, str]]:
        """Segment and first day of every customer in the CRM."""
        return ((self._segments[who], since) for who, since in self._since.items())
