"""The reference of all settings: every key that `kpis.toml` may have, read off the models that check it.

Pure: models in, Markdown out. Whatever a model declares later shows up without a change here.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel

Node = Mapping[str, Any]
"""A part of a JSON schema."""

FORMATS: Final = {"date": "date", "time": "time of day", "date-time": "date and time"}
WORDS: Final = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "null": "nothing"}
BOUNDS: Final = (
    ("minimum", "at least {}"),
    ("exclusiveMinimum", "more than {}"),
    ("maximum", "at most {}"),
    ("exclusiveMaximum", "less than {}"),
    ("minLength", "at least {} signs"),
    ("maxLength", "at most {} signs"),
    ("minItems", "at least {} of them"),
    ("pattern", "matching `{}`"),
)


def settings_page(model: type[BaseModel]) -> str:
    """A section for each block of settings, with its keys, types, defaults and meaning."""
    schema = model.model_json_schema()
    definitions: Mapping[str, Node] = schema.get("$defs", {})
    head = [
        "# Every setting",
        "",
        "Made from the models that check `kpis.toml`. What belongs together, with examples: [Settings](settings.md).",
        "",
    ]
    return "\n".join([*head, *_section("", "", schema, definitions)])


def _section(path: str, kind: str, node: Node, definitions: Mapping[str, Node]) -> Iterator[str]:
    title = f"`[{path}]`" if path else "Top level"
    yield from (f"## {title}{f' of kind `{kind}`' if kind else ''}", "")
    if node.get("description"):
        yield from (" ".join(str(node["description"]).split("\n\n")[0].split()), "")
    properties: Mapping[str, Node] = node.get("properties", {})
    yield from ("| key | type | unless given | meaning |", "|---|---|---|---|")
    for name, declared in properties.items():
        cells = (f"`{name}`", _type(declared, definitions), _default(name, declared, node), str(declared.get("description", "")))
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
    yield ""
    for name, declared in properties.items():
        for below, variant, block in _blocks(f"{path}.{name}".removeprefix("."), declared, definitions):
            yield from _section(below, variant, block, definitions)


def _blocks(path: str, node: Node, definitions: Mapping[str, Node]) -> Iterator[tuple[str, str, Node]]:
    """The blocks of settings that a key may hold: their paths, the kind where there are several, and what they declare."""
    if "$ref" in node:
        node = definitions[str(node["$ref"]).rpartition("/")[2]]
        if node.get("properties"):
            yield path, "", node
        return
    variants = [found for variant in (*node.get("anyOf", ()), *node.get("oneOf", ())) for found in _blocks(path, variant, definitions)]
    yield from ((below, _kind(block) if len(variants) > 1 else "", block) for below, _, block in variants)
    if isinstance(node.get("additionalProperties"), Mapping):
        yield from _blocks(f"{path}.<name>", node["additionalProperties"], definitions)
    if isinstance(node.get("items"), Mapping):
        yield from _blocks(f"[{path}]", node["items"], definitions)


def _kind(block: Node) -> str:
    """The one word that tells a variant apart."""
    return next((str(declared["const"]) for declared in block.get("properties", {}).values() if "const" in declared), "")


def _type(node: Node, definitions: Mapping[str, Node]) -> str:
    if "$ref" in node:
        node = definitions[str(node["$ref"]).rpartition("/")[2]]
    if node.get("properties"):
        return "block"
    if "const" in node:
        return f"`{json.dumps(node['const'])}`"
    if "enum" in node:
        return " or ".join(f"`{json.dumps(word)}`" for word in node["enum"])
    if variants := [part for part in (*node.get("anyOf", ()), *node.get("oneOf", ())) if part.get("type") != "null"]:
        return " or ".join(dict.fromkeys(_type(part, definitions) for part in variants))
    if isinstance(node.get("additionalProperties"), Mapping):
        return f"table by name, each: {_type(node['additionalProperties'], definitions)}"
    if node.get("type") == "array":
        return _list(node, definitions)
    word = FORMATS.get(str(node.get("format"))) or WORDS.get(str(node.get("type")), "any value")
    return ", ".join([word, *_bounds(node)])


def _list(node: Node, definitions: Mapping[str, Node]) -> str:
    if parts := node.get("prefixItems"):
        return "list of: " + ", ".join(_type(part, definitions) for part in parts)
    return ", ".join([f"list of: {_type(node.get('items') or {}, definitions)}", *_bounds(node)])


def _bounds(node: Node) -> list[str]:
    return [said.format(node[name]) for name, said in BOUNDS if name in node]


def _default(name: str, declared: Node, node: Node) -> str:
    if name in node.get("required", ()):
        return "required"
    if "default" not in declared:
        return "as below" if "$ref" in declared else "empty"
    value = declared["default"]
    if value is None:
        return "none"
    return f"`{value if declared.get('format') in FORMATS else json.dumps(value, ensure_ascii=False)}`"


def _cell(text: str) -> str:
    """A cell's text: neither an end of a cell nor a tag."""
    return text.replace("|", "\\|").replace("<", "&lt;") if "`" not in text else text.replace("|", "\\|")
