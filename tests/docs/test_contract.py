"""The contract as it is written down says what the code says, and nothing else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sessions_app.contract.close_codes import CloseCode
from sessions_app.contract.schema import Direction, models, schema
from speechcoach.env import BASE_DIR

PAGE = (BASE_DIR / "docs/contract.md").read_text()
SECTIONS: dict[Direction, str] = {"client": "Client to server", "server": "Server to client"}
MESSAGES = [(direction, name) for direction in SECTIONS for name in models(direction)]

SPEAKERS = [
    *sorted((BASE_DIR / "sessions_app/core").glob("*.py")),
    *sorted((BASE_DIR / "sessions_app/live").glob("*.py")),
    BASE_DIR / "sessions_app/contract/wire.py",
]
# What is said to the client through these calls, and through functions of these names.
SAYING = {
    "_refuse", "_stop_accepting", "audio_refused", "AudioFormatError", "ErrorMessage", "Malformed",
    "NotFoundError", "receive_malformed", "step_failed",
}  # fmt: skip
SAID_BY = {"refusal", "_sentence"}


def section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def rows(title: str) -> dict[str, str]:
    """The rows of a section's table by their first cell, without its backticks."""
    found = re.findall(r"^\| (?:`(.+?)`|(\d+)) \|(.*)$", section(title), re.MULTILINE)
    return {quoted or number: rest for quoted, number, rest in found}


def literals(node: ast.AST) -> Iterator[str]:
    """The sentences in an expression, with ``…`` for what is filled in."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
        )
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from literals(child)


def sentences(tree: ast.AST) -> Iterator[str]:
    """What a module says to a client."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            if name in SAYING:
                for value in given:
                    yield from literals(value)
            elif name == "_rests":
                yield from (
                    f'{what} while the session is "idle"' for what in literals(node.args[0])
                )
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "sentence":
            yield from literals(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name in SAID_BY:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    yield from literals(inner.value)


def said(path: Path) -> list[str]:
    # Words apart: names of fields and types are given to the same calls.
    found = sentences(ast.parse(path.read_text()))
    return [text for text in found if " " in text.strip() and text.strip("… ") != ""]


SAID = sorted({text for path in SPEAKERS for text in said(path)})


@pytest.mark.parametrize("direction", SECTIONS)
def test_each_side_has_exactly_its_messages(direction):
    assert set(rows(SECTIONS[direction])) == set(models(direction))


@pytest.mark.parametrize(("direction", "name"), MESSAGES)
def test_a_message_is_there_with_its_fields(direction, name):
    row = rows(SECTIONS[direction])[name]
    for field in schema(direction, models(direction)[name])["properties"]:
        assert field == "type" or f"`{field}`" in row, field


@pytest.mark.parametrize(("direction", "name"), MESSAGES)
def test_limits_are_the_codes(direction, name):
    row = rows(SECTIONS[direction])[name].replace(",", "")
    text = str(schema(direction, models(direction)[name])["properties"])
    for figure in re.findall(r"'(?:maximum|maxLength|maxItems)': (\d+)", text):
        assert re.search(rf"\b{figure}\b", row), figure


def test_nothing_else_is_named_as_a_message():
    known = {name for _, name in MESSAGES} | {"tts_audio"}
    shapes = str([schema(direction, models(direction)[name]) for direction, name in MESSAGES])
    known |= set(re.findall(r"'(\w+)'", shapes))
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", PAGE))
    assert named <= known


@pytest.mark.parametrize("sentence", SAID)
def test_an_error_has_a_fragment(sentence):
    fragments = [part for part in rows("Errors") if part in sentence]
    assert fragments or re.match(r"…: `…`: ", sentence), "its fragment is not on the page"


@pytest.mark.parametrize("fragment", rows("Errors"))
def test_a_fragment_is_of_an_error(fragment):
    assert any(fragment in sentence for sentence in SAID), "no error says this"


def test_close_codes_are_the_codes():
    assert {int(code) for code in rows("Close codes")} == set(CloseCode)
    elsewhere = {int(code) for code in re.findall(r"\b(?:1|4)0\d\d\b|\b44\d\d\b", PAGE)}
    assert {code for code in elsewhere if code > 4400 or code == 1008} <= set(CloseCode)


def test_what_it_refers_to_is_there():
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (BASE_DIR / "docs" / target).exists(), target


class TestOfTheTest:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            ("self._refuse('No such thing.')", ["No such thing."]),
            ("self._refuse(given or f'All {n} of it.')", ["All … of it."]),
            ("sentence = f'It is {n} long.'", ["It is … long."]),
            ("def refusal(x):\n    return 'It is wrong.'", ["It is wrong."]),
            (
                "self._rests('This is possible only')",
                ['This is possible only while the session is "idle"'],
            ),
            ("log.info('not for clients')", []),
        ],
    )
    def test_sentences(self, source, expected):
        assert list(sentences(ast.parse(source))) == expected

    def test_there_is_something_to_check(self):
        assert len(SAID) > 25
