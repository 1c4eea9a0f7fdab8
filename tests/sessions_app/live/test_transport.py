"""Contract, section 1: who may connect, and what a frame may be."""

import asyncio
import contextlib
import json
import sqlite3
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from tests.server import OPERATOR, Server, session, sign_in, socket

MEMBER = "member@harbour.example"
OFFICER = "officer@harbour.example"
RIVERSIDE = "owner@riverside.example"
SECOND = bytes(32_000)


async def ticket(server: Server, email: str = OPERATOR, club: str = "harbour") -> str:
    async with await sign_in(server, email) as account:
        return await account.ticket(club)


async def token_status(server: Server, email: str | None, **asked: object) -> tuple[int, str]:
    """The status and the media type of the token call's answer."""
    async with await sign_in(server, email or OPERATOR) as account:
        await account.request("GET", "/accounts/login/")
        if email is None:
            account.cookies.delete("sessionid")
        answer = await account.request("POST", "/api/voice/token", json=asked)
        return answer.status_code, answer.headers["content-type"]


# Tickets


async def test_the_first_frame_is_the_state_and_the_second_the_session(server):
    async with socket(server, await ticket(server)) as client:
        assert await client.next() == {"type": "state_change", "state": "idle"}
        info = await client.next()
    assert isinstance(info, dict)
    assert info["type"] == "session_info"
    assert info["resumeWindowSeconds"] == 120
    assert info["limits"] == {
        "maxSpeechSeconds": 1500,
        "maxFrameBytes": 65536,
        "maxLeadSeconds": 1500.0,
    }
    assert info["engines"]["live"] == "scripted"
    assert set(info["engines"]) == {"live", "final", "evaluation", "speech"}


async def test_a_ticket_may_come_in_the_query(server):
    async with socket(server, await ticket(server), in_query=True, subprotocols=()) as client:
        await client.expect("state_change", state="idle")
        assert client.socket.subprotocol is None


async def test_a_ticket_may_come_beside_the_subprotocol_and_is_not_sent_back(server):
    async with socket(server, await ticket(server)) as client:
        await client.expect("state_change", state="idle")
        assert client.socket.subprotocol == "speechcoach.v1"


@pytest.mark.parametrize("token", [None, "", "never-issued-to-anybody"])
async def test_a_bad_ticket_is_told_by_the_close_code(server, token):
    async with socket(server, token) as client:
        assert await client.closed() == 4401
        assert not client.received.frames


async def test_a_ticket_is_good_for_one_socket(server):
    token = await ticket(server)
    async with socket(server, token) as first:
        await first.expect("session_info")
        async with socket(server, token) as second:
            assert await second.closed() == 4401
        await first.send("panic_mute")
        await first.expect("state_change", state="idle")


async def test_of_two_sockets_with_one_ticket_exactly_one_opens(server):
    token = await ticket(server)
    async with socket(server, token) as one, socket(server, token) as other:
        frames = await asyncio.gather(one.next(), other.next(), return_exceptions=True)
    assert sum(isinstance(frame, dict) for frame in frames) == 1


async def test_a_path_without_a_socket_is_told_by_the_close_code(server):
    async with socket(server, path="/ws/nothing") as client:
        assert await client.closed() == 4404


# Who may


async def test_a_member_gets_no_ticket(server):
    status = await token_status(server, MEMBER, purpose="session", club="harbour")
    assert status == (403, "application/json")


async def test_a_stranger_gets_the_same_answer_for_this_club_and_for_none(server):
    foreign = await token_status(server, RIVERSIDE, purpose="session", club="harbour")
    none = await token_status(server, RIVERSIDE, purpose="session", club="nowhere")
    assert foreign == none == (403, "application/json")


async def test_nobody_gets_a_ticket_signed_out_and_no_redirect(server):
    status = await token_status(server, None, purpose="session", club="harbour")
    assert status == (401, "application/json")


@pytest.mark.parametrize("asked", [{}, {"purpose": "sing", "club": "harbour"}, {"club": 7}])
async def test_a_token_request_that_is_none_is_a_bad_request(server, asked):
    assert await token_status(server, OPERATOR, **asked) == (400, "application/json")


async def test_another_clubs_speech_is_not_there(server):
    async with session(server) as client:
        speech = (client.received.of("session_info"))[0]["sessionId"]
    asked = {"purpose": "session", "club": "riverside", "speech": speech}
    assert (await token_status(server, RIVERSIDE, **asked))[0] == 404


async def test_who_lost_the_role_after_the_ticket_is_told_by_the_close_code(server):
    token = await ticket(server, OFFICER)
    with _role_of(server, OFFICER, "member"):
        async with socket(server, token) as client:
            assert await client.closed() == 4403


@contextlib.contextmanager
def _role_of(server: Server, email: str, role: str):
    path = Path(server.environment["DATA_DIR"]) / "speechcoach.sqlite3"
    change = (
        "UPDATE clubs_membership SET role = ? "
        "WHERE user_id = (SELECT id FROM clubs_user WHERE email = ?)"
    )
    with contextlib.closing(sqlite3.connect(path, timeout=20)) as rows:
        rows.execute(change, (role, email))
        rows.commit()
        try:
            yield
        finally:
            rows.execute(change, ("officer", email))
            rows.commit()


# Origin


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", None, "http://127.0.0.1:1", "http://127.0.0.1", "https:own"],
)
async def test_a_page_of_another_origin_is_refused_at_the_handshake(server, origin):
    if origin == "https:own":
        origin = server.origin.replace("http:", "https:")
    token = await ticket(server)
    with pytest.raises(InvalidStatus) as refused:
        async with socket(server, token, origin=origin):
            pass
    assert refused.value.response.status_code == 403
    async with socket(server, token) as client:
        await client.expect("state_change", state="idle")


# Frames


@pytest.mark.parametrize(
    ("frame", "fragment"),
    [
        ("{", "JSON"),
        ("", "JSON"),
        ("[1, 2]", "object"),
        ('"start_recording"', "object"),
        ("{}", "`type`"),
        ('{"type": "sing"}', "Unknown message type"),
        ('{"type": 7}', "type"),
        ('{"type": "set_consent", "consentConfirmed": true}', "`speakerName`"),
        ('{"type": "set_consent", "speakerName": 1, "consentConfirmed": true}', "string"),
        ('{"type": "set_vad_config", "silenceThresholdSeconds": 2, "enabled": true}', "3"),
        ('{"type": "audio_chunk", "data": "AAAA"}', "binary"),
        (json.dumps({"type": "panic_mute", "pad": "x" * 65_536}), "65536"),
        ('{"a": ' + "[" * 5_000 + "]" * 5_000 + "}", "JSON"),
    ],
    ids=lambda value: str(value)[:24],
)
async def test_a_frame_that_is_no_message_is_refused_and_the_session_goes_on(
    server, frame, fragment
):
    async with session(server) as client:
        await client.socket.send(frame)
        refusal = await client.expect("error")
        assert refusal["recoverable"] is True
        assert fragment in refusal["message"]
        await client.consented()


async def test_ten_frames_that_are_no_messages_end_the_connection(server):
    async with session(server) as client:
        for _ in range(10):
            await client.socket.send("{")
        assert await client.closed() == 1008
        assert len(client.received.of("error")) == 10


async def test_a_frame_of_exactly_the_limit_is_read(server):
    empty = json.dumps({"type": "panic_mute", "pad": ""})
    frame = empty.replace('""', '"' + "x" * (65_536 - len(empty)) + '"')
    async with session(server) as client:
        await client.socket.send(frame)
        assert (await client.expect("state_change"))["state"] == "idle"
        assert not client.received.of("error")


@pytest.mark.parametrize(
    "text", [b"\xff{}", b'{"type": "\xe2\x82"}', b'"\xed\xa0\x80"', b"\xc0\xaf"], ids=repr
)
async def test_text_that_is_not_utf_8_ends_the_connection_and_nothing_else(server, text):
    async with session(server) as other:
        async with session(server) as client:
            await client.start()
            await client.send_audio([SECOND])
            await client.expect("audio_ack", receivedSamples=16_000)
            await client.socket.send(text, text=True)
            # Daphne drops such a peer without a word.
            assert await client.closed() in {1006, 1007}
        async with session(server, resume=client.session_id) as again:
            assert again.received.of("session_resumed")[0]["receivedSamples"] == 16_000
            assert again.received.states == ["recording", "recording"]
            await again.send_audio([SECOND])
            await again.expect("audio_ack", receivedSamples=32_000)
        assert (await other.settled()).types == ["error"]


async def test_a_letter_may_be_cut_by_the_frames_of_its_message(server):
    text = json.dumps(
        {"type": "set_consent", "speakerName": "Zoë", "consentConfirmed": True}, ensure_ascii=False
    ).encode()
    cut = text.index(b"\xc3") + 1
    async with session(server) as client:
        await client.socket.send([text[:cut], text[cut:]], text=True)
        status = await client.expect("consent_status")
        assert status["consent"]["speakerName"] == "Zoë"
