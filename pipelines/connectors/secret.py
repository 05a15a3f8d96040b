"""Secrets of connectors and channels: read from the environment when they are needed, and hard to show by mistake."""

import os

from pipelines.errors import PipelineError


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
    if not (text.isascii() and text.isprintable()):
        raise PipelineError(f"{block}.{name}: the secret in {variable} holds a character that cannot be sent; set it again.")
    return Secret(text)
