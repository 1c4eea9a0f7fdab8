"""The coach's socket on real servers: tickets, revocation, limits, take-over, resume, takes."""

import asyncio

import psutil
import pytest

from sessions_app.rehearsal.account import Account
from tests.coach import MEMBER, RATE, coach_socket, coach_ticket, frames, silence, talking, tone
from tests.figures import figures_at
from tests.server import CANARY, SCRIPT, Server, serving, sign_in
from tests.sessions_app.live.newcomers import member_address, newcomer

CONSENT = {"speakerName": "Maya Okafor", "consentConfirmed": True}


async def test_what_a_page_has_measured_is_told_to_prometheus(server: Server):
    before = await asyncio.to_thread(figures_at, server.base_url)
    async with talking(server) as client:
        await client.listening()
        await client.send("coach.metrics", bargeInMs=90, replyMs=600, droppedSamples=480)
        # Whatever is answered after it was read after it.
        await client.send("coach.take", action="start")
        await client.expect("coach.take", state="recording")
    after = await asyncio.to_thread(figures_at, server.base_url)
    for name, more in (
        ("barge_in_milliseconds_sum", 90),
        ("reply_milliseconds_sum", 600),
        ("reply_milliseconds_count", 1),
        ("thinking_milliseconds_count", 0),
        ("dropped_samples_total", 480),
    ):
        key = (f"speechcoach_coach_{name}",)
        assert after[key] - before[key] == more, name


class TestTickets:
    async def test_a_ticket_opens_one_socket(self, server: Server):
        async with await sign_in(server, MEMBER) as account:
            token = await coach_ticket(account)
            async with coach_socket(server, token) as client:
                await client.listening()
                async with coach_socket(server, token) as again:
                    assert await again.closed() == 4401
                    assert not again.received.frames

    async def test_it_may_stand_in_the_query_and_is_in_no_log(self, server: Server):
        async with await sign_in(server, MEMBER) as account:
            token = await coach_ticket(account)
            async with coach_socket(server, token, in_query=True) as client:
                await client.listening()
        assert token not in server.written()

    async def test_without_one_a_page_can_read_why(self, server: Server):
        async with coach_socket(server, "made-up-token") as client:
            assert await client.closed() == 4401

    async def test_a_visitor_of_the_demo_needs_no_account_and_keeps_nothing(self, server: Server):
        async with Account(server.base_url) as visitor:
            answer = await visitor.request("GET", "/api/voice/token?demo=true")
            assert answer.status_code == 200
            assert answer.headers["cache-control"].count("no-store")
            token = answer.json()["token"]
        async with coach_socket(server, token) as client:
            await client.listening()
            await client.send("coach.take", action="start")
            await client.append(tone(1))
            await client.send("coach.take", action="stop")
            await client.expect("coach.take", state="ready")
            await client.send("coach.take", action="keep", consent=CONSENT)
            refused = await client.expect("coach.notice", code="refused")
            assert "Sign in" in refused["message"]
            await client.send("coach.take", action="discard")
            await client.expect("coach.take", state="discarded")

    async def test_two_visitors_do_not_take_over_from_one_another(self, server: Server):
        async with Account(server.base_url) as visitor:
            tokens = [
                (await visitor.request("GET", "/api/voice/token?demo=true")).json()["token"]
                for _ in range(2)
            ]
        async with coach_socket(server, tokens[0]) as one, coach_socket(server, tokens[1]) as two:
            await two.listening()
            await one.say("hello")
            await one.expect("response.created")

    async def test_there_is_no_demo_ticket_without_the_question(self, server: Server):
        async with Account(server.base_url) as visitor:
            assert (await visitor.request("GET", "/api/voice/token")).status_code == 404


class TestRevocation:
    async def test_signing_out_ends_it(self, server: Server):
        async with newcomer(server, "member") as (_, person):
            token = await coach_ticket(person.account)
            async with coach_socket(server, token) as client:
                await client.listening()
                await person.account.request("POST", "/accounts/logout/")
                assert await client.closed() == 4401

    async def test_removal_ends_it(self, server: Server):
        async with newcomer(server, "member") as (owner, person):
            token = await coach_ticket(person.account)
            async with coach_socket(server, token) as client:
                await client.listening()
                await owner.request("POST", f"{await member_address(owner, person)}remove/")
                assert await client.closed() == 4403

    async def test_a_ticket_does_not_outlive_the_sign_in(self, server: Server):
        async with newcomer(server, "member") as (_, person):
            token = await coach_ticket(person.account)
            await person.account.request("POST", "/accounts/logout/")
            async with coach_socket(server, token) as client:
                assert await client.closed() == 4401


class TestWhatIsTaken:
    async def test_what_a_browser_may_not_say_is_refused_and_the_rest_goes_on(self, server: Server):
        async with talking(server) as client:
            await client.listening()
            await client.send("session.update", session={"instructions": "Swear."}, event_id="e1")
            refused = await client.expect("error")
            assert refused["error"]["event_id"] == "e1"
            await client.socket.send(b"\0\1")
            await client.expect("error")
            await client.say("I want to work on my pauses")
            await client.expect("response.output_audio.delta")

    async def test_ten_refusals_end_it(self, server: Server):
        async with talking(server) as client:
            await client.listening()
            for _ in range(10):
                await client.send("session.update", session={})
            assert await client.closed() == 1008

    async def test_too_much_sound_is_dropped_and_told(self, server: Server):
        async with talking(server) as client:
            await client.listening()
            await client.append(silence(6))
            await client.expect("coach.notice", code="audio_rate")
            await client.say("Are you still there?")
            await client.expect("response.created")


class TestOneConversationOfAPerson:
    async def test_a_newer_tab_takes_over_and_goes_on(self, server: Server):
        async with talking(server) as older:
            await older.listening()
            await older.say(f"My word is {CANARY}")
            await older.expect("response.done")
            async with talking(server, resume=older.session_id) as newer:
                assert await older.closed() == 4409
                state = await newer.expect("coach.state", state="listening")
                assert state["resumed"] is True
                assert newer.session_id == older.session_id
                shown = newer.received.of("conversation.item.added")
                assert CANARY in str(shown)
                assert len(shown) == 2
        assert CANARY not in server.written()

    async def test_without_resume_it_is_a_new_conversation(self, server: Server):
        async with talking(server) as older:
            await older.listening()
            async with talking(server) as newer:
                assert await older.closed() == 4409
                await newer.listening()
                assert newer.session_id != older.session_id

    async def test_after_a_lost_connection_it_goes_on(self, server: Server):
        async with talking(server) as client:
            await client.listening()
            await client.say("I want to work on my pauses")
            await client.expect("response.done")
            said = client.received.of("response.output_audio_transcript.done")[-1]["transcript"]
            client.socket.transport.abort()
        async with talking(server, resume=client.session_id) as again:
            state = await again.expect("coach.state", state="listening")
            assert state["resumed"] is True
            texts = [
                event["item"]["content"][0]["text"]
                for event in again.received.of("conversation.item.added")
            ]
            assert texts == ["I want to work on my pauses", said]
            await again.say("Please repeat that")
            await again.expect("response.done")

    async def test_somebody_elses_conversation_is_not_resumed(self, server: Server):
        async with talking(server) as ours:
            await ours.listening()
            await ours.say(f"My word is {CANARY}")
            await ours.expect("response.done")
            owner = "owner@harbour.example"
            async with talking(server, owner, resume=ours.session_id) as theirs:
                await theirs.listening()
                assert theirs.session_id != ours.session_id
                assert CANARY not in str(theirs.received.messages)


class TestTakes:
    async def test_a_take_is_measured_spoken_of_and_kept(self, server: Server):
        async with await sign_in(server, MEMBER) as account:
            async with coach_socket(server, await coach_ticket(account)) as client:
                await client.listening()
                await client.send("coach.take", action="start")
                await client.expect("coach.take", state="recording")
                await client.append(tone(2.5))
                # What a page could not send stands there as silence.
                await client.send("coach.gap", samples=round(17.5 * RATE))
                await client.send("coach.take", action="stop")
                ready = await client.expect("coach.take", state="ready")
                assert ready["seconds"] == 20
                assert CANARY in ready["transcript"]
                assert ready["metrics"]["totalWords"] == 44
                await client.expect("response.output_audio.delta")
                await client.send("coach.take", action="keep", title="My own", consent=CONSENT)
                kept = await client.expect("coach.take", state="kept")
            page = await account.request("GET", kept["speechUrl"])
            assert page.status_code == 200
            assert "My own" in page.text
        assert CANARY not in server.written()

    async def test_a_take_goes_on_after_a_lost_connection(self, server: Server):
        async with talking(server) as client:
            await client.listening()
            await client.send("coach.take", action="start")
            await client.append(tone(2))
            # It has been read up to here once this is refused.
            await client.send("session.update")
            await client.expect("error")
            take_id = client.received.of("coach.take")[-1]["takeId"]
            client.socket.transport.abort()
        async with talking(server, resume=client.session_id) as again:
            await again.expect("coach.state", state="take")
            [resumed] = again.received.of("coach.take")
            assert (resumed["takeId"], resumed["state"]) == (take_id, "recording")
            await again.append(tone(2))
            await again.send("coach.take", action="stop")
            ready = await again.expect("coach.take", state="ready")
            assert ready["seconds"] == pytest.approx(4, abs=0.1)

    async def test_the_coach_answers_nothing_in_a_take(self, server: Server):
        async with talking(server) as client:
            await client.listening()
            await client.send("coach.take", action="start")
            await client.append(tone(1) + silence(1.5))
            await client.expect("input_audio_buffer.speech_stopped")
            await client.send("coach.take", action="discard")
            await client.expect("coach.take", state="discarded")
            assert client.received.of("response.created") == []


@pytest.mark.parametrize("limit", ["COACH_MINUTES_PER_DAY", "COACH_CLUB_MINUTES_PER_DAY"])
async def test_a_day_has_so_many_minutes(limit: str):
    with serving("daphne", SCRIPT, **{limit: "0"}) as server:
        async with talking(server) as client:
            assert await client.closed() == 4403
            assert not client.received.frames


async def test_a_hundred_conversations_leave_nothing_open():
    """Descriptors, threads and memory of the server are back where they were."""
    with serving("uvicorn") as server:
        process = psutil.Process(server.own.process.pid)
        async with await sign_in(server, MEMBER) as account:

            async def conversations(count: int) -> None:
                for _ in range(count):
                    async with coach_socket(server, await coach_ticket(account)) as client:
                        await client.listening()
                        await client.send("input_audio_buffer.append", audio=frames(tone(0.04))[0])

            await conversations(20)
            before = process.num_fds(), process.num_threads(), process.memory_info().rss
            await conversations(100)
            after = process.num_fds(), process.num_threads(), process.memory_info().rss
        assert after[0] <= before[0] + 5
        assert after[1] <= before[1] + 5
        # What one of them holds while it lasts is more than this for each.
        assert after[2] <= before[2] + 10 * 2**20
