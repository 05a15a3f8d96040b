"""The reference of the command line: every command with its options, read off the program itself. Pure: commands in, Markdown out."""

from collections.abc import Iterator
from typing import Any

import typer


def command_page(app: typer.Typer) -> str:
    """A section for each command."""
    head = (
        "# Command line",
        "",
        "Every command exits 0 when all is well, 1 when what it looked at is not, 2 when the call or the settings are at fault.",
        "Completion of commands and options: `kpis --install-completion`, then open a new shell.",
        "",
    )
    named = _commands(typer.main.get_command(app))
    return "\n".join([*head, *(line for name, command in named for line in _section(name, command))])


def _commands(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The commands of a group and of the groups in it, by the words that call them; untyped, since Typer brings its own click."""
    for name, command in getattr(group, "commands", {}).items():
        yield f"{prefix}{name}", command
        yield from _commands(command, f"{prefix}{name} ")


def _section(name: str, command: Any) -> Iterator[str]:
    parameters = [parameter for parameter in command.params if parameter.name != "help"]
    arguments = " ".join(
        (parameter.metavar or str(parameter.name).upper())
        if parameter.required
        else f"[{parameter.metavar or str(parameter.name).upper()}]"
        for parameter in parameters
        if parameter.param_type_name == "argument"
    )
    yield from (f"## kpis {name}", "", f"`kpis {name} {arguments}`".replace(" `", "`"), "", _sentence(command.help), "")
    yield from ("```sh", *examples_of(command), "```", "")
    if parameters:
        yield from ("| | meaning | unless given |", "|---|---|---|")
        for parameter in parameters:
            said = ", ".join(parameter.opts) if parameter.param_type_name == "option" else parameter.metavar or str(parameter.name).upper()
            default = parameter.default
            shown = "" if default in (None, (), False) or parameter.required or callable(default) else f"`{default}`"
            yield f"| `{said}` | {(parameter.help or '').replace('|', chr(92) + '|')} | {shown} |"
        yield ""


def examples_of(command: Any) -> list[str]:
    """The calls that a command's help shows."""
    return [line.strip() for line in (command.epilog or "").splitlines() if line.strip().startswith("kpis ")]


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())
