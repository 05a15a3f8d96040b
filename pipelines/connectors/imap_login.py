"""Logging in to a mail server with an OAuth secret: what SASL's mechanisms XOAUTH2 and OAUTHBEARER (RFC 7628) send."""

from collections.abc import Iterator
from typing import Final

from pipelines.connectors.secret import Secret

_END: Final = "\x01"
_WRITTEN: Final = str.maketrans({"=": "=3D", ",": "=2C"})
"""How a name is written between commas."""


def proofs(mechanism: str, user: str, host: str, port: int, token: Secret) -> Iterator[bytes]:
    """Give what is sent: first the user's name and OAuth secret; then, to a server that says why it refuses, that this was heard."""
    bearer = f"auth=Bearer {token.reveal()}{_END}{_END}"
    if mechanism == "xoauth2":
        yield f"user={user}{_END}{bearer}".encode()
        yield b""
    else:
        yield f"n,a={user.translate(_WRITTEN)},{_END}host={host}{_END}port={port}{_END}{bearer}".encode()
        yield _END.encode()
