"""A speech is watched while it is spoken, by real readers of real servers."""

import asyncio
import re

import pytest

from tests.server import OPERATOR, Server, session, sign_in
from tests.sessions_app.stream.watching import Chart, Told, history, stream
from tests.speech import burst, cut

MEMBER = "member@harbour.example"
STRANGER = "owner@riverside.example"
SPEECH = burst(19)


def is_bar(seq: int):
    return lambda told: told.kind == "bar" and told.data["seq"] == seq


def is_kind(kind: str):
    return lambda told: told.kind == kind


async def told_of(account, speech: str, wanted) -> list[Told]:
    async with stream(account, speech) as watching:
        await watching.until(wanted)
        return watching.received


async def test_a_reader_gets_the_bars_of_a_speech_as_it_is_spoken(server: Server):
    async with session(server) as client, await sign_in(server, MEMBER) as member:
        speech = client.session_id
        async with stream(member, speech) as watching:
            chart = Chart()
            await client.start()
            for second in range(3):
                begin = second * 16_000
                # Half a second: a bar that forms, and cannot be overtaken by its end.
                await client.send_audio(cut(SPEECH[begin : begin + 8_000].tobytes()))
                chart.take(await watching.until(is_kind("micro")))
                await client.send_audio(cut(SPEECH[begin + 8_000 : begin + 16_000].tobytes()))
                chart.take(await watching.until(is_bar(second)))
            assert watching.retry is not None
            assert 1_500 <= watching.retry <= 4_000
            await client.send_audio(cut(SPEECH[48_000:80_000].tobytes()))
            # The line that ends at 4 s changes what was told of the seconds before.
            late = await watching.until(
                lambda told: told.data.get("seq") == 2 and told.data["words"] > 0
            )
            assert late.data["rev"] > chart.bars[late.data["seq"]]["rev"]
            await client.send_audio(cut(SPEECH[80_000:].tobytes(), 16_000))
            await client.send("stop_recording")
            end = await watching.until(is_kind("end"))
            assert await watching.next() is None, "nothing follows the end"
            for told in watching.received:
                chart.take(told)
        found = await history(member, speech)
        assert chart.shown == found["bars"]
        assert [bar["seq"] for bar in found["bars"]] == list(range(19))
        assert all(bar["final"] for bar in found["bars"])
        assert sum(bar["words"] for bar in found["bars"]) > 20
        assert (found["epoch"], found["eid"]) == (end.epoch, end.eid)
        assert found["ended"]
        ids = [told.eid for told in watching.received if told.id]
        assert ids == sorted(ids)
        for asked in ({}, {"last_event_id": end.id}):
            async with stream(member, speech, **asked) as again:
                assert again.response.status_code == 204


async def test_a_reader_that_comes_back_is_told_what_changed_and_no_more(server: Server):
    async with session(server) as client, await sign_in(server, MEMBER) as member:
        speech, chart = client.session_id, Chart()
        await client.start()
        await client.send_audio(cut(SPEECH[:48_000].tobytes()))
        async with stream(member, speech) as watching:
            await watching.until(is_bar(2))
            for told in watching.received:
                chart.take(told)
        # Half a second forms, and is not seen; then the lines end that cover the seconds before.
        await client.send_audio(cut(SPEECH[48_000:200_000].tobytes()))
        known = chart.last_id
        async with stream(member, speech, last_event_id=known, sinceEid="nonsense-0") as watching:
            await watching.until(is_bar(11))
            for told in watching.received:
                chart.take(told)
                assert told.kind == "hb" or told.eid > int(known.rpartition("-")[2])
        await client.send("stop_recording")
        async with stream(member, speech, last_event_id=chart.last_id) as watching:
            for told in await watching.rest():
                chart.take(told)
        assert chart.shown == (await history(member, speech))["bars"]


async def test_history_gives_wider_bars_and_parts(server: Server):
    async with session(server) as client, await sign_in(server, MEMBER) as member:
        speech = client.session_id
        await client.spoken(SPEECH.tobytes())
        whole = (await history(member, speech))["bars"]
        wide = (await history(member, speech, timeframe="5s"))["bars"]
        assert [bar["seq"] for bar in wide] == [0, 5, 10, 15]
        assert sum(bar["words"] for bar in wide) == sum(bar["words"] for bar in whole)
        assert (await history(member, speech, before=10, limit=3))["bars"] == whole[7:10]
        mark = await history(member, speech)
        known = f"{mark['epoch']}-{mark['eid']}"
        assert (await history(member, speech, sinceEid=known))["bars"] == []
        stale = await history(member, speech, sinceEid=f"other-{mark['eid']}")
        assert stale["reset"]
        assert stale["bars"] == whole


async def test_who_may_not_see_a_speech_is_told_nothing(server: Server):
    made_up = "00000000-0000-0000-0000-000000000007"
    async with session(server) as client, await sign_in(server, STRANGER) as stranger:
        await client.start()
        await client.send_audio(cut(SPEECH[:32_000].tobytes()))
        for path in ("/api/history", "/stream/metrics"):
            answers = [
                await stranger.request("GET", path, params={"speech": one})
                for one in (client.session_id, made_up)
            ]
            assert {answer.status_code for answer in answers} == {404}
            assert answers[0].content == answers[1].content
        async with await sign_in(server, OPERATOR) as nobody:
            nobody.cookies.clear()
            for path in ("/api/history", "/stream/metrics"):
                answer = await nobody.request("GET", path, params={"speech": client.session_id})
                assert answer.status_code == 401
                assert answer.json()["error"] == "signed_out"


async def test_headers_let_events_through(server: Server):
    async with session(server) as client, await sign_in(server, MEMBER) as member:
        await client.start()
        async with stream(member, client.session_id) as watching:
            headers = watching.response.headers
            assert headers["content-type"].startswith("text/event-stream")
            assert headers["content-encoding"] == "identity"
            assert headers["x-accel-buffering"] == "no"
            assert {"no-cache", "no-transform"} <= set(re.split(", ?", headers["cache-control"]))


async def test_a_speech_that_is_spoken_anew_resets_its_readers(server: Server):
    async with session(server) as client, await sign_in(server, MEMBER) as member:
        speech = client.session_id
        await client.start()
        await client.send_audio(cut(SPEECH[:48_000].tobytes()))
        async with stream(member, speech) as watching:
            first = await watching.until(is_bar(2))
            await client.send("panic_mute")
            await client.send("start_recording")
            reset = await watching.until(is_kind("reset"))
            assert reset.epoch != first.epoch
            await client.send_audio(cut(SPEECH[:16_000].tobytes()))
            told = await watching.until(is_bar(0))
            assert told.epoch == reset.epoch
        found = await history(member, speech)
        assert [bar["seq"] for bar in found["bars"]] == [0]


async def test_an_erased_speech_leaves_no_bars(server: Server):
    async with session(server) as client, await sign_in(server, MEMBER) as member:
        speech = client.session_id
        await client.spoken(SPEECH.tobytes())
        assert (await history(member, speech))["bars"]
        await client.send("revoke_consent")
        await client.expect("data_purged")
        assert (await history(member, speech))["bars"] == []


@pytest.mark.parametrize(
    "asked",
    [{}, {"speech": "x", "speaker": "1"}, {"speaker": "x"}, {"speech": "x", "timeframe": "2s"},
     {"speech": "x", "limit": "0"}, {"speech": "x", "before": "-1"}],
)  # fmt: skip
async def test_what_is_asked_wrongly_is_named(server: Server, asked):
    async with await sign_in(server, MEMBER) as member:
        answer = await member.request("GET", "/api/history", params=asked)
        assert answer.status_code == 400
        assert answer.json()["error"] == "bad_request"


async def test_many_watch_at_once(server: Server):
    async with session(server) as client, await sign_in(server, MEMBER) as member:
        await client.start()
        await client.send_audio(cut(SPEECH[:48_000].tobytes()))
        told = await asyncio.gather(
            *(told_of(member, client.session_id, is_bar(2)) for _ in range(8))
        )
        charts = [Chart() for _ in told]
        for chart, events in zip(charts, told, strict=True):
            for event in events:
                chart.take(event)
        assert all(chart.shown == charts[0].shown for chart in charts)
