"""Secrets of connectors and channels: read from the environment or a program when they are needed, and hard to show by mistake."""

import os
import subprocess
from collections.abc import Sequence
from typing import Final

from pipelines.errors import PipelineError

_SECONDS: Final = 60
"""How long a program that prints a secret may take."""


class Secret:
    """A text that no representation, message or copy as JSON shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one call that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"


def secret(name: str, variable: str, block: str = "connectors") -> Secret:
    """The secret in an environment variable, for what has this name in a block of the settings.

    Raises PipelineError that names the variable when it is not there.
    """
    text = os.environ.get(variable, "").strip()
    if not text:
        raise PipelineError(f"{block}.{name}: the environment variable {variable} is not set; put the secret there.")
    return _sendable(text, f"{block}.{name}: the secret in {variable}")


def printed_secret(name: str, command: Sequence[str]) -> Secret:
    """The secret that a program prints, for the connector of this name. What it says beside that is not taken, for it may be secret too.

    Raises PipelineError that names the program when it cannot be run, fails, takes too long or prints nothing.
    """
    program = f"connectors.{name}: the program {command[0]!r} of `secret_command`"
    try:
        run = subprocess.run(  # noqa: S603  # the program that the settings name, without a shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise PipelineError(f"{program} takes longer than {_SECONDS} seconds; run it by hand to see what it waits for.") from None
    except OSError as fault:
        raise PipelineError(f"{program} cannot be run ({fault.strerror}); correct its path.") from None
    text = run.stdout.decode("utf-8", "replace").strip()
    if run.returncode or not text:
        ended = f"ends with {run.returncode}" if run.returncode else "prints nothing"
        raise PipelineError(f"{program} {ended} instead of a secret; run it by hand to see why.")
    return _sendable(text, f"{program} prints a text that")


def _sendable(text: str, what: str) -> Secret:
    if not (text.isascii() and text.isprintable()):
        raise PipelineError(f"{what} holds a character that cannot be sent; set it again.")
    return Secret(text)
