"""Folder names as IMAP writes them: modified UTF-7 (RFC 3501, 5.1.3), in quotes."""

import binascii
import re
from typing import Final

_PLAIN: Final = re.compile(r"([ -~]*)([^ -~]*)")
"""Printable ASCII, then everything else."""


def as_mailbox(folder: str) -> str:
    """The name of a folder as an argument of an IMAP command."""
    written = "".join(_plain(plain) + _shifted(other) for plain, other in _PLAIN.findall(folder))
    escaped = written.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _plain(text: str) -> str:
    return text.replace("&", "&-")


def _shifted(text: str) -> str:
    if not text:
        return ""
    written = binascii.b2a_base64(text.encode("utf-16-be", "surrogatepass"), newline=False).decode()
    return f"&{written.rstrip('=').replace('/', ',')}-"
