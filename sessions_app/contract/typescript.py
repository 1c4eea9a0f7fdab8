"""The messages as TypeScript declarations, written from their JSON Schemas. Pure."""

import json
from collections.abc import Iterable
from typing import Any, Final

Schema = dict[str, Any]

HEADER: Final = """\
// Made by `manage.py contract --write` from {source}. Types only: nothing
// loads this file at run time. JSDoc imports it as "./messages.d.ts", because collectstatic looks
// for every imported file, in comments too.
"""
SESSION: Final = "sessions_app/contract/messages.py"
_SIMPLE: Final = {
    "string": "string",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "null": "null",
}
_REF: Final = "#/$defs/"


class UnknownSchemaError(Exception):
    """A schema uses a keyword that has no counterpart here yet."""


def declarations(client: Iterable[Schema], server: Iterable[Schema], source: str = SESSION) -> str:
    """The text of a declaration file: an interface for each message and each shape in it.

    ``source`` is the file that the messages are defined in.

    Raises:
        UnknownSchemaError: a schema cannot be said in TypeScript, or one name means two shapes.
    """
    named: dict[str, str] = {}
    unions = []
    for union, messages in (("ClientMessage", client), ("ServerMessage", server)):
        titles = [_declare_message(message, named) for message in messages]
        unions.append(f"export type {union} =\n  | " + "\n  | ".join(titles) + ";\n")
    return "\n".join(
        [HEADER.format(source=source), *(named[name] for name in sorted(named)), *unions]
    )


def _declare_message(message: Schema, named: dict[str, str]) -> str:
    title: str = message["title"]
    for name, shape in message.get("$defs", {}).items():
        _declare(name, shape, named)
    _declare(title, message, named)
    return title


def _declare(name: str, shape: Schema, named: dict[str, str]) -> None:
    if "properties" in shape:
        text = f"{_comment(shape)}export interface {name} {{\n{_fields(shape)}}}\n"
    else:
        text = f"{_comment(shape)}export type {name} = {expression(shape)};\n"
    if named.setdefault(name, text) != text:
        raise UnknownSchemaError(f"{name} means two shapes")


def _fields(shape: Schema) -> str:
    required = set(shape.get("required", ()))
    return "".join(
        f"  {name}{'' if name in required else '?'}: {expression(field)};\n"
        for name, field in shape["properties"].items()
    )


def _comment(shape: Schema) -> str:
    text = shape.get("description")
    return f"/** {text} */\n" if text else ""


def expression(shape: Schema) -> str:
    """The TypeScript type of a value.

    Raises:
        UnknownSchemaError: there is none here.
    """
    if "const" in shape:
        return json.dumps(shape["const"])
    if "enum" in shape:
        return " | ".join(json.dumps(value) for value in shape["enum"])
    if "anyOf" in shape:
        return " | ".join(expression(part) for part in shape["anyOf"])
    ref = shape.get("$ref", "")
    if ref.startswith(_REF):
        return str(ref.removeprefix(_REF))
    kind = shape.get("type")
    if kind == "array" and "items" in shape:
        inner = expression(shape["items"])
        return f"({inner})[]" if {"anyOf", "enum"} & set(shape["items"]) else f"{inner}[]"
    if kind == "object" and isinstance(values := shape.get("additionalProperties"), dict):
        return f"Record<string, {expression(values)}>"
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    raise UnknownSchemaError(f"no TypeScript for {json.dumps(shape)}")
