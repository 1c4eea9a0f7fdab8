"""No socket shows one club to another. The cases are the routes' and the message tables' own."""

import json
import typing
from pathlib import Path

import pytest

from sessions_app.coach.messages import ClientCoachMessage
from sessions_app.coach.schema import models as coach_messages
from sessions_app.contract.messages import ClientMessage
from sessions_app.live.routing import socket_routes
from tests.coach import coach_socket, talking
from tests.server import CANARY, OPERATOR, Client, Server, session, sign_in, socket
from tests.speech import burst, cut

GOLDENS = Path(__file__).parents[1] / "contract"

# Each socket, and the purpose of the tickets that open it; None: it opens for nobody.
SOCKETS = {"ws/session": "session", "ws/realtime": "realtime", "": None}

MESSAGES = sorted(
    kind
    for message in typing.get_args(typing.get_args(ClientMessage)[0])
    for kind in typing.get_args(message.model_fields["type"].annotation)
)

STRANGER = "owner@riverside.example"
# Who may open a session of the harbour club, and what the others are answered.
PEOPLE = {
    None: 401,
    STRANGER: 403,
    "member@harbour.example": 403,
    OPERATOR: 200,
    "officer@harbour.example": 200,
    "owner@harbour.example": 200,
}
OPERATORS = [email for email, answer in PEOPLE.items() if answer == 200]

# What a session that is prepared and idle answers to each message, whoever of the club sends it.
IDLE_ANSWERS = {
    "audio_chunk": ["error"],
    "audio_format": [],
    "start_recording": ["state_change"],
    "stop_recording": ["error"],
    "deliver_evaluation": ["error"],
    "save_outputs": ["error"],
    "panic_mute": ["state_change"],
    "set_project_context": [],
    "set_vad_config": [],
    "set_consent": ["consent_status"],
    "revoke_consent": ["data_purged", "consent_status", "state_change"],
    "set_time_limit": ["duration_estimate"],
    "set_evaluation_style": [],
    "set_active_roles": [],
    "set_session_mode": [],
    "set_notes": [],
    "replay_tts": ["error"],
    "process_captured": ["error"],
    "playback_finished": [],
}


def golden(kind: str) -> dict[str, object]:
    fields: dict[str, object] = json.loads((GOLDENS / f"{kind}.json").read_text())
    return {name: value for name, value in fields.items() if name != "type"}


def test_every_socket_is_classified() -> None:
    nobody: typing.Any = None
    found = [str(route.pattern).strip("^$") for route in socket_routes(nobody, nobody)]
    assert found == list(SOCKETS), "say in SOCKETS which tickets open it, and test it here"


def test_every_message_has_its_row() -> None:
    assert sorted(IDLE_ANSWERS) == MESSAGES


@pytest.mark.parametrize("email", PEOPLE, ids=str)
async def test_who_may_open_a_session_of_a_club(server: Server, email: str | None) -> None:
    asked = {"purpose": "session", "club": "harbour"}
    async with await sign_in(server, email or OPERATOR) as account:
        if email is None:
            del account.cookies["sessionid"]
        answer = await account.request("POST", "/api/voice/token", json=asked)
        assert answer.status_code == PEOPLE[email]
        if answer.status_code == 200:
            async with socket(server, answer.json()["token"]) as client:
                await client.opened()
        else:
            assert "token" not in answer.json()


@pytest.mark.parametrize("kind", MESSAGES)
@pytest.mark.parametrize("email", OPERATORS)
async def test_a_message_by_role(server: Server, email: str, kind: str) -> None:
    async with session(server, email) as client:
        await client.consented()
        await client.handshake()
        await client.settled()
        before = len(client.received.types)
        await client.send(kind, **golden(kind))
        for answer in IDLE_ANSWERS[kind]:
            await client.expect(answer)
        await client.settled()
    answered = [name for name in client.received.types[before:-1] if name in _ANSWERS]
    assert answered == IDLE_ANSWERS[kind], client.received.messages[before:]


_ANSWERS = {name for names in IDLE_ANSWERS.values() for name in names}


async def test_a_socket_hears_nothing_of_another_club(server: Server) -> None:
    async with session(server) as ours:
        await ours.start()
        await ours.send_audio(cut(burst(6).tobytes(), 16_000))
        await _heard(ours)
        for kind in MESSAGES:
            async with session(server, STRANGER, "riverside") as theirs:
                await theirs.consented()
                await theirs.handshake()
                await theirs.send(kind, **golden(kind))
                await theirs.settled()
            heard = json.dumps(theirs.received.messages)
            assert CANARY not in heard, kind
            assert ours.session_id not in heard, kind
        await ours.settled()
    assert ours.received.states == ["idle", "recording"]


async def test_another_clubs_session_is_resumed_like_one_that_is_not_there(server: Server) -> None:
    made_up = "00000000-0000-0000-0000-000000000007"
    async with session(server) as ours:
        await ours.start()
        await ours.send_audio(cut(burst(6).tobytes(), 16_000))
        await _heard(ours)
        greetings = []
        for resume in (ours.session_id, made_up):
            async with session(server, STRANGER, "riverside", resume=resume) as theirs:
                await theirs.settled()
                greetings.append(theirs.received)
                assert theirs.session_id != resume
        await ours.send_audio(cut(burst(1).tobytes(), 16_000))
        await ours.send("stop_recording")
        await ours.expect("state_change", state="processing")
    known, unknown = greetings
    assert known.types == unknown.types
    assert CANARY not in json.dumps(known.messages)


async def test_a_ticket_names_no_speech_of_another_club(server: Server) -> None:
    async with session(server) as ours:
        asked = {"purpose": "session", "club": "riverside", "speech": ours.session_id}
    async with await sign_in(server, STRANGER) as account:
        answer = await account.request("POST", "/api/voice/token", json=asked)
        made_up = await account.request(
            "POST",
            "/api/voice/token",
            json={**asked, "speech": "00000000-0000-0000-0000-000000000007"},
        )
    assert answer.status_code == made_up.status_code == 404
    assert answer.content == made_up.content


async def _heard(client: Client) -> None:
    """Until the canary stands in the transcript."""

    def heard(frame: dict[str, typing.Any] | bytes) -> bool:
        return not isinstance(frame, bytes) and CANARY in json.dumps(frame)

    await client.until(heard)


# Every member may talk with the coach of their own club.
TALKERS = {**PEOPLE, "member@harbour.example": 200}

# What a coach that listens answers to each message of ours, whoever of the club sends it.
COACH_ANSWERS = {
    "coach.take": ["coach.take"],
    "coach.turns": [],
    "coach.metrics": [],
    "coach.gap": [],
    "coach.ack": [],
    "coach.retry": [],
}
COACH_FIELDS: dict[str, dict[str, object]] = {
    "coach.take": {"action": "start"},
    "coach.turns": {"mode": "auto"},
    "coach.gap": {"samples": 480},
}


def test_every_message_to_the_coach_has_its_row() -> None:
    assert set(COACH_ANSWERS) == set(coach_messages(ClientCoachMessage))


@pytest.mark.parametrize("email", TALKERS, ids=str)
async def test_who_may_talk_with_the_coach_of_a_club(server: Server, email: str | None) -> None:
    asked = {"purpose": "realtime", "club": "harbour"}
    async with await sign_in(server, email or OPERATOR) as account:
        if email is None:
            del account.cookies["sessionid"]
        answer = await account.request("POST", "/api/voice/token", json=asked)
        assert answer.status_code == TALKERS[email]
        if answer.status_code != 200:
            assert "token" not in answer.json()
            return
        token = answer.json()["token"]
        async with coach_socket(server, token) as client:
            await client.listening()
            for kind, answers in COACH_ANSWERS.items():
                await client.send(kind, **COACH_FIELDS.get(kind, {}))
                for each in answers:
                    await client.expect(each)


@pytest.mark.parametrize("purpose", ["session", "realtime"])
async def test_a_ticket_opens_the_socket_it_was_asked_for_and_no_other(
    server: Server, purpose: str
) -> None:
    asked = {"purpose": purpose, "club": "harbour"}
    other = coach_socket if purpose == "session" else socket
    async with await sign_in(server) as account:
        answer = await account.request("POST", "/api/voice/token", json=asked)
        async with other(server, answer.json()["token"]) as client:
            assert await client.closed() == 4401


async def test_another_clubs_conversation_is_resumed_like_one_that_is_not_there(
    server: Server,
) -> None:
    made_up = "00000000000000000000000000000007"
    async with talking(server) as ours:
        await ours.listening()
        await ours.say(f"My word is {CANARY}")
        await ours.expect("response.created")
        greetings = []
        for resume in (ours.session_id, made_up):
            async with talking(server, STRANGER, "riverside", resume=resume) as theirs:
                await theirs.listening()
                greetings.append(theirs.received)
                assert theirs.session_id != resume
        await ours.expect("response.done")
    known, unknown = greetings
    assert known.types == unknown.types
    assert CANARY not in json.dumps(known.messages)
