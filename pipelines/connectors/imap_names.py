"""Names as IMAP writes them: in quotes, those of folders in modified UTF-7 (RFC 3501, 5.1.3)."""

import binascii
import re
from typing import Final

_PLAIN: Final = re.compile(r"([ -~]*)([^ -~]*)")
"""Printable ASCII, then everything else."""


def as_mailbox(folder: str) -> str:
    """The name of a folder as an argument of an IMAP command."""
    return quoted("".join(_plain(plain) + _shifted(other) for plain, other in _PLAIN.findall(folder)))


def quoted(text: str) -> str:
    """Printable ASCII as an argument of an IMAP command."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _plain(text: str) -> str:
    return text.replace("&", "&-")


def _shifted(text: str) -> str:
    if not text:
        return ""
    written = binascii.b2a_base64(text.encode("utf-16-be", "surrogatepass"), newline=False).decode()
    return f"&{written.rstrip('=').replace('/', ',')}-"
