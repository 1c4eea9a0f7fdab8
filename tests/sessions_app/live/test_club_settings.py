"""What a club's officers set in the admin holds in its sessions: engines, and the day's limit."""

from tests.fakes import openai_server as fakes
from tests.rows import set_in_rows
from tests.server import serving, session
from tests.speech import burst

SPEECH = burst(20).tobytes()


async def test_the_clubs_voice_speaks_and_its_limit_loses_nothing():
    with serving(AUDIO_MAX_LEAD_SECONDS="1500", EVALUATIONS_PER_DAY="1") as server:
        set_in_rows(server, "ClubEngines.objects.create(club=club, speech='builtin:espeak')")
        async with session(server) as client:
            [info] = client.received.of("session_info")
            assert info["engines"]["speech"] == "builtin:espeak"
            await client.delivered(SPEECH)

        async with session(server) as client:
            await client.start()
            await client.send_audio([SPEECH[at : at + 32_000] for at in range(0, 640_000, 32_000)])
            await client.send("stop_recording")
            refusal = await client.expect("error")
            assert refusal["recoverable"]
            assert "has had its evaluation for today" in refusal["message"]
            await client.send("deliver_evaluation")
            assert (await client.expect("error"))["message"] == refusal["message"]

            set_in_rows(server, "DailyLimit.objects.create(club=club, evaluations=2)")
            await client.send("deliver_evaluation")
            await client.expect("evaluation_ready")
            await client.expect_audio()


async def test_a_vendors_voice_speaks_for_the_club_that_has_chosen_it():
    with (
        fakes.openai_server() as fake,
        serving(
            AUDIO_MAX_LEAD_SECONDS="1500", OPENAI_API_KEY=fakes.KEY, OPENAI_BASE_URL=fake.base_url
        ) as server,
    ):
        set_in_rows(server, "ClubEngines.objects.create(club=club, speech='openai:fable')")
        async with session(server, "owner@riverside.example", "riverside") as other:
            [theirs] = other.received.of("session_info")
        async with session(server) as client:
            [info] = client.received.of("session_info")
            await client.delivered(SPEECH)
        assert {call.body["voice"] for call in fake.calls("/v1/audio/speech")} == {"fable"}

        # Withdrawn: by the next session the deployment's own speaks, and the page says it.
        set_in_rows(server, "ClubEngines.objects.filter(club=club).update(speech='openai:gone')")
        async with session(server) as again:
            [after] = again.received.of("session_info")
            await again.delivered(SPEECH)
        assert fake.calls("/v1/audio/speech")[-1].body["voice"] == "coral"
    assert theirs["engines"]["speech"] == "openai:gpt-4o-mini-tts:coral"
    assert info["engines"]["speech"] == "openai:gpt-4o-mini-tts:fable"
    assert after["engines"]["speech"] == "openai:gpt-4o-mini-tts:coral"
    served = client.received.of("pipeline_progress")[-1]["engines"]
    assert served["speech"] == "openai:gpt-4o-mini-tts:fable"


async def test_a_club_that_sends_nothing_to_vendors_is_served_by_this_server_alone():
    with (
        fakes.openai_server() as fake,
        serving(
            AUDIO_MAX_LEAD_SECONDS="1500",
            OPENAI_API_KEY=fakes.KEY,
            OPENAI_BASE_URL=fake.base_url,
            DEEPGRAM_API_KEY="a-key-that-is-never-used",
        ) as server,
    ):
        set_in_rows(server, "ClubEngines.objects.create(club=club, builtin_only=True)")
        async with session(server, "owner@riverside.example", "riverside") as other:
            [theirs] = other.received.of("session_info")
        async with session(server) as client:
            [info] = client.received.of("session_info")
            await client.delivered(SPEECH)
        assert fake.billed == []
    assert theirs["engines"]["evaluation"].startswith("openai:")
    assert theirs["engines"]["speech"].startswith("openai:")
    assert info["engines"]["evaluation"] == "builtin"
    assert info["engines"]["speech"].startswith("builtin:")
    served = client.received.of("pipeline_progress")[-1]["engines"]
    assert served["evaluation"] == "builtin"
    assert served["speech"].startswith("builtin:")
