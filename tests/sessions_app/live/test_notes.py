"""The operator's notes: what they do, where they are shown again, and how they go."""

from typing import Any

import pytest

from evaluations.core.evidence import check_item
from evaluations.core.shapes import Item, Segment
from tests.server import Client, Server, session, sign_in
from tests.speech import burst

SPEECH = burst(20).tobytes()
CANARY = "zeppelinfestival"
MARKUP = f"<script>alert(1)</script> {CANARY} & “quoted”\n\n<img src=x onerror=alert(2)>"
ESCAPED = f"&lt;script&gt;alert(1)&lt;/script&gt; {CANARY} &amp; “quoted”"


def notes_in(saved: dict[str, Any]) -> str | None:
    files = {file["name"]: file["content"] for file in saved["files"]}
    return files.get("notes.txt")


async def save(client: Client) -> dict[str, Any]:
    await client.send("save_outputs")
    return await client.expect("outputs_saved")


async def page_of(server: Server, speech: str, email: str = "member@harbour.example") -> str:
    async with await sign_in(server, email) as account:
        answer = await account.request("GET", f"/clubs/harbour/sessions/{speech}/")
        assert answer.status_code == 200
        return answer.text


@pytest.mark.parametrize("line", ["taught me to listen", "the river every summer"])
async def test_notes_choose_what_is_quoted_first(server, line):
    async with session(server) as client:
        await client.send("set_notes", notes=f"{CANARY}. Loved “{line}”!")
        await client.delivered(SPEECH)
        [ready] = client.received.of("evaluation_ready")
        updates = client.received.of("transcript_update")
    items = [Item.model_validate(item) for item in ready["evaluation"]["items"]]
    assert items[0].type == "commendation"
    assert line in items[0].evidence_quote
    words = [w for s in updates[-1]["segments"] for w in Segment.model_validate(s).words]
    assert all(check_item(item, words) == item for item in items)
    assert CANARY not in str(ready)


async def test_notes_are_saved_and_shown_as_they_were_typed(server):
    async with session(server) as client:
        await client.start()
        await client.send("set_notes", notes=MARKUP)
        await client.send_audio([SPEECH[at : at + 32_000] for at in range(0, len(SPEECH), 32_000)])
        await client.send("stop_recording")
        await client.send("deliver_evaluation")
        await client.expect("tts_complete")
        await client.send("playback_finished")
        await client.expect("state_change", state="idle")
        assert notes_in(await save(client)) == f"{MARKUP}\n"
        speech = client.session_id
    page = await page_of(server, speech)
    assert "Operator's notes" in page
    assert ESCAPED in page
    for harm in ("<script>alert", "<img"):
        assert harm not in page


async def test_notes_made_after_the_delivery_are_saved_too(server):
    async with session(server) as client:
        await client.send("set_notes", notes="before")
        await client.delivered(SPEECH)
        await client.send("set_notes", notes="before, and after")
        assert notes_in(await save(client)) == "before, and after\n"
        await client.send("set_notes", notes=" \n ")
        assert notes_in(await save(client)) is None
        speech = client.session_id
    assert "Operator's notes" not in await page_of(server, speech)


async def test_notes_of_a_speech_too_short_to_evaluate_are_saved(server):
    async with session(server) as client:
        await client.send("set_notes", notes="broke off")
        await client.start()
        await client.send_audio([SPEECH[:32_000]])
        await client.send("stop_recording")
        await client.expect("state_change", state="idle")
        assert notes_in(await save(client)) == "broke off\n"
        speech = client.session_id
    assert "broke off" in await page_of(server, speech)


@pytest.mark.parametrize("resumes", [True, False], ids=["resumed", "reloaded"])
async def test_a_page_that_is_back_gets_the_notes(server, resumes):
    async with session(server) as client:
        await client.start()
        await client.send("set_notes", notes=MARKUP)
        await client.send_audio([SPEECH[:32_000]])
        await client.expect("audio_ack", receivedSamples=16_000)
        speech = client.session_id
    ways = {"resume": speech} if resumes else {"speech": speech}
    async with session(server, **ways) as again:
        assert again.received.of("session_info")[0]["notes"] == MARKUP
        await again.send("panic_mute")
        await again.expect("state_change", state="idle")


async def test_withdrawn_consent_takes_the_notes_along(server):
    async with session(server) as client:
        await client.send("set_notes", notes=CANARY)
        await client.delivered(SPEECH)
        saved = await save(client)
        await client.send("revoke_consent")
        await client.expect("data_purged")
        await client.expect("state_change", state="idle")
        speech = client.session_id
    assert CANARY not in await page_of(server, speech, "operator@harbour.example")
    [path] = [path for path in saved["paths"] if path.endswith("/notes.txt")]
    async with await sign_in(server, "operator@harbour.example") as account:
        assert (await account.request("GET", path)).status_code == 404
    async with session(server, speech=speech) as again:
        assert again.received.of("session_info")[0]["notes"] == ""
