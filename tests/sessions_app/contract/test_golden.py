"""One example of every message, which the browser's tests read too."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from sessions_app.contract import wire
from sessions_app.contract.messages import ClientMessage, ServerMessage

EXAMPLES = Path(__file__).parents[2] / "contract"


def types_of(union: Any) -> set[str]:
    members = get_args(get_args(union)[0])
    return {member.model_fields["type"].default for member in members}


CLIENT, SERVER = types_of(ClientMessage), types_of(ServerMessage)


def example(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text())
    return value


def test_every_message_has_an_example_and_every_example_is_a_message():
    assert {path.stem for path in EXAMPLES.glob("*.json")} == CLIENT | SERVER


def test_no_type_means_two_things():
    assert not CLIENT & SERVER


@pytest.mark.parametrize("name", sorted(CLIENT | SERVER))
def test_an_example_is_named_for_its_type(name):
    assert example(name)["type"] == name


@pytest.mark.parametrize("name", sorted(CLIENT))
def test_what_a_client_says_survives_the_way_in_and_out(name):
    message = wire.parse(json.dumps(example(name)))
    assert not isinstance(message, wire.Malformed), message
    assert json.loads(wire.dump(message)) == example(name)


@pytest.mark.parametrize("name", sorted(SERVER))
def test_what_the_server_says_survives_the_way_in_and_out(name):
    message = wire.parse_server(json.dumps(example(name)))
    assert json.loads(wire.dump(message)) == example(name)


@pytest.mark.parametrize("name", sorted(CLIENT))
def test_a_newer_client_may_send_fields_that_are_unknown_here(name):
    newer = json.dumps({**example(name), "sentBy": "a newer page"})
    message = wire.parse(newer)
    assert not isinstance(message, wire.Malformed), message
    assert json.loads(wire.dump(message)) == example(name)
