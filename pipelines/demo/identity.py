"""The truth's own answer to who is who: records of the CRM that share an identifier are one customer."""

from collections.abc import Mapping


class Identity:
    """Groups of identifiers such as ``id:100001``, ``email:a@example.com``, ``phone:+44…``."""

    def __init__(self, crm: Mapping[int, tuple[str, str, str]]) -> None:
        self._parent: dict[str, str] = {}
        for number, (email, phone, _) in crm.items():
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
