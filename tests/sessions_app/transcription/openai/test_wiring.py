"""Which deployment has its recordings transcribed by OpenAI."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from clubs.models import ClubEngines
from clubs.scoping import club_scope
from sessions_app.source import VaultSource
from speechcoach import engine_probe, providers
from speechcoach.breaker import Breakers
from speechcoach.engine_report import EngineStatus, engine_report
from speechcoach.errors import ProviderError, Reason
from tests.fakes import openai_server as fakes

ROOT = Path(__file__).resolve().parents[4]
NOVEMBER, FEBRUARY = date(2026, 11, 20), date(2027, 2, 1)


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    providers.final_transcribers.cache_clear()
    yield
    providers.final_transcribers.cache_clear()


@pytest.fixture
def asked(settings, monkeypatch) -> Breakers:
    """A deployment with both keys, that wants OpenAI's transcript."""
    settings.SPEECHCOACH_TRANSCRIBER = "auto"
    settings.SPEECHCOACH_DEEPGRAM_API_KEY = "a-key"
    settings.SPEECHCOACH_OPENAI_API_KEY = fakes.KEY
    settings.SPEECHCOACH_FINAL_TRANSCRIBER = "openai"
    breakers = Breakers()
    monkeypatch.setattr(providers, "breakers", lambda: breakers)
    return breakers


def names() -> list[str]:
    return [one.name for one in providers.final_transcribers()]


@pytest.mark.parametrize(
    ("wanted", "used"),
    [
        ("auto", ["deepgram", "builtin"]),
        ("builtin", ["builtin"]),
        ("openai", ["openai:whisper-1", "builtin"]),
    ],
)
def test_the_setting_says_who_hears_the_recording(asked, settings, wanted, used):
    settings.SPEECHCOACH_FINAL_TRANSCRIBER = wanted
    assert names() == used


def test_a_key_alone_sends_openai_no_recording(asked, settings):
    settings.SPEECHCOACH_FINAL_TRANSCRIBER = "auto"
    settings.SPEECHCOACH_DEEPGRAM_API_KEY = ""
    assert names() == ["builtin"]


def test_the_model_is_the_settings(asked, settings):
    settings.SPEECHCOACH_OPENAI_TRANSCRIPTION_MODEL = "gpt-4o-transcribe"
    assert names()[0] == "openai:gpt-4o-transcribe"
    assert providers.lineup(builtin_only=False).engines.final == "openai:gpt-4o-transcribe"
    assert providers.lineup(builtin_only=True).engines.final == "builtin"


@pytest.mark.parametrize(
    ("setting", "value", "missing"),
    [
        ("SPEECHCOACH_OPENAI_API_KEY", "", "OPENAI_API_KEY"),
        ("SPEECHCOACH_OPENAI_TRANSCRIPTION_MODEL", "", "OPENAI_TRANSCRIPTION_MODEL"),
        ("SPEECHCOACH_FINAL_TRANSCRIBER", "telepathy", "FINAL_TRANSCRIBER"),
    ],
)
def test_what_is_wanted_and_cannot_be_had_stops_the_start(asked, settings, setting, value, missing):
    setattr(settings, setting, value)
    with pytest.raises(ImproperlyConfigured, match=missing):
        providers.final_transcribers()


def final(cast, today: date = NOVEMBER) -> EngineStatus:
    with club_scope(cast.club):
        return engine_report(today, cast.club)[1]


def test_the_report_names_it_and_who_steps_in(cast, asked):
    status = final(cast)
    assert (status.stage, status.engine, status.net) == (
        "Final transcript",
        "openai:whisper-1",
        "builtin",
    )
    assert status.left_alone == status.warning == ""
    assert "goes out of service on 2027-02-26" in final(cast, FEBRUARY).warning


async def fails(breakers: Breakers, club_id: int) -> None:
    with pytest.raises(ProviderError):
        async with breakers.of("openai transcript", club_id).guarding():
            raise ProviderError(Reason.QUOTA, "No.")


def test_the_report_says_that_it_is_left_alone(cast, asked):
    asyncio.run(fails(asked, cast.club.pk))
    assert "quota" in final(cast).left_alone


def test_a_club_that_sends_nothing_to_vendors_sends_no_recording(cast, asked):
    with club_scope(cast.club):
        ClubEngines.objects.create(club=cast.club, builtin_only=True)
        source = providers.engines_of(cast.club).source
    assert isinstance(source, VaultSource)
    assert [one.name for one in source._transcribers] == ["builtin"]
    assert (final(cast).engine, final(cast).net) == ("builtin", "")


async def test_the_probe_asks_for_the_model_where_it_is_used(asked, settings):
    with fakes.openai_server() as fake:
        settings.SPEECHCOACH_DEEPGRAM_API_KEY = ""
        settings.SPEECHCOACH_OPENAI_BASE_URL = fake.base_url
        said = [one.sentence for one in await engine_probe.probe(NOVEMBER)]
        assert "OPENAI_TRANSCRIPTION_MODEL: whisper-1 is offered." in said
        settings.SPEECHCOACH_FINAL_TRANSCRIBER = "auto"
        said = [one.sentence for one in await engine_probe.probe(NOVEMBER)]
        assert not any("OPENAI_TRANSCRIPTION_MODEL" in one for one in said)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"OPENAI_API_KEY": "k"}, " / OpenAI"),
        ({"OPENAI_API_KEY": "k", "FINAL_TRANSCRIBER": "openai"}, "OpenAI / OpenAI"),
        (
            {"OPENAI_API_KEY": "k", "FINAL_TRANSCRIBER": "openai", "DEEPGRAM_API_KEY": "k"},
            "Deepgram and OpenAI / OpenAI",
        ),
        (
            {"OPENAI_BASE_URL": "http://ai.example/v1", "FINAL_TRANSCRIBER": "openai"},
            "ai.example / ai.example",
        ),
        ({"FINAL_TRANSCRIBER": "openai"}, " / "),
    ],
)
def test_speakers_are_told_who_hears_them(variables, told):
    nobody = {"OPENAI_API_KEY": "", "OPENAI_BASE_URL": "", "DEEPGRAM_API_KEY": ""}
    code = (
        "from speechcoach import settings as s; "
        "print(s.SPEECHCOACH_VOICE_GOES_TO, '/', s.SPEECHCOACH_WORDS_GO_TO)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | nobody | {"TRANSCRIBER": "auto"} | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.rstrip("\n") == told
