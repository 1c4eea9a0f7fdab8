"""Which engines there are: the command, the page, and the settings behind both."""

import asyncio
import contextlib
import io
from datetime import date
from decimal import Decimal
from typing import Literal, get_args, get_origin

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from openai.types.audio.speech_create_params import Voice

from clubs.engines import offered_voices
from clubs.models import ClubEngines
from clubs.scoping import club_scope
from sessions_app.coach.conversations import UpstreamError
from speechcoach import providers
from speechcoach.breaker import Breaker, Breakers
from speechcoach.checks import openai_settings
from speechcoach.coach_engines import conversations
from speechcoach.engine_report import EngineStatus, ending, engine_report
from speechcoach.env import Environment
from speechcoach.errors import ProviderError, Reason
from speechcoach.model_table import (
    DEFAULT_EVALUATION_MODEL,
    DEFAULT_SPEECH_MODEL,
    MODELS,
    VOICES,
    Tokens,
    facts_of,
)
from tests.fakes import openai_server as fakes

TODAY = date(2026, 11, 20)


@pytest.fixture
def fake():
    with fakes.openai_server() as running:
        yield running


@pytest.fixture
def configured(settings, fake, monkeypatch):
    settings.SPEECHCOACH_OPENAI_API_KEY = fakes.KEY
    settings.SPEECHCOACH_OPENAI_BASE_URL = fake.base_url
    breakers = Breakers()
    monkeypatch.setattr(providers, "breakers", lambda: breakers)
    return breakers


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command("engines", *arguments, stdout=out)
    return out.getvalue()


def test_without_a_key_everything_is_built_in():
    lines = said().splitlines()
    assert lines[3].split() == ["Evaluation", "builtin", "–"]
    assert "builtin:" in lines[4]
    assert "nothing to ask" in said("--live")


def test_with_a_key_openai_serves_and_the_built_in_engines_step_in(configured):
    lines = said().splitlines()
    assert lines[3].split() == ["Evaluation", "openai:gpt-5.4-mini", "builtin"]
    assert "openai:gpt-4o-mini-tts:coral" in lines[4]
    assert "builtin:" in lines[4]


def test_the_pipeline_gets_the_engines_that_the_report_names(configured, cast):
    with club_scope(cast.club):
        engines = providers.engines_of(cast.club)
        report = {one.stage: one for one in engine_report(TODAY, cast.club)}
    assert report["Evaluation"].engine == engines.evaluator.name
    assert report["Spoken evaluation"].engine == engines.synthesizer.name
    assert engines.spare_voice is not None
    assert report["Spoken evaluation"].net == engines.spare_voice.name
    assert report["Evaluation"].net == engines.floor.name == "builtin"


def test_a_club_that_sends_nothing_to_vendors_has_the_built_in_engines(configured, settings, cast):
    settings.SPEECHCOACH_DEEPGRAM_API_KEY = "a key"
    with club_scope(cast.club):
        ClubEngines.objects.create(club=cast.club, builtin_only=True)
        engines = providers.engines_of(cast.club)
        report = engine_report(TODAY, cast.club)
    assert [one.engine.partition(":")[0] for one in report] == ["builtin"] * 5
    assert not any(one.net for one in report)
    assert engines.evaluator is engines.floor
    assert engines.spare_voice is None
    names = providers.lineup(builtin_only=True).engines
    assert {name.partition(":")[0] for name in names.model_dump().values()} == {"builtin"}


def test_the_coach_is_the_vendors_where_there_is_a_key(configured, cast):
    with club_scope(cast.club):
        status = engine_report(TODAY, cast.club)[-1]
    assert status.engine == "openai:gpt-realtime-2.1:marin"
    assert status.net == "builtin"
    assert said().splitlines()[5].split() == ["Voice", "coach", status.engine, "builtin"]


@pytest.mark.django_db
def test_officers_see_the_coachs_last_errors_and_another_club_does_not(client, cast):
    error = UpstreamError(1_800_000_000.0, "openai", "retryable", "1011", "the-conversation")
    conversations().note(cast.club.pk, error)
    client.force_login(cast.officer)
    page = client.get(f"/clubs/{cast.club.slug}/engines/").content.decode()
    assert "the-conversation" in page
    assert "1011" in page
    client.force_login(cast.stranger)
    theirs = client.get(f"/clubs/{cast.other.slug}/engines/").content.decode()
    assert "the-conversation" not in theirs


class TestClubsVoice:
    @pytest.fixture
    def chosen(self, cast) -> ClubEngines:
        with club_scope(cast.club):
            return ClubEngines.objects.create(club=cast.club, speech="openai:fable")

    def speech(self, cast) -> EngineStatus:
        with club_scope(cast.club):
            (status,) = (
                one for one in engine_report(TODAY, cast.club) if one.stage == "Spoken evaluation"
            )
            assert providers.engines_of(cast.club).synthesizer.name == status.engine
        return status

    def test_openais_are_offered_with_a_key_and_only_then(self, configured, settings):
        assert {f"openai:{voice}" for voice in VOICES} <= set(offered_voices())
        assert not any("openai" in name for name in offered_voices(builtin_only=True))
        settings.SPEECHCOACH_OPENAI_SPEECH_MODEL = ""
        assert not any("openai" in name for name in offered_voices())

    def test_without_a_key_none_is_offered(self):
        assert not any("openai" in name for name in offered_voices())

    def test_of_a_model_that_nobody_knows_the_deployments_own_voice_is_offered(
        self, configured, settings
    ):
        settings.SPEECHCOACH_OPENAI_SPEECH_MODEL = "kokoro"
        settings.SPEECHCOACH_OPENAI_VOICE = "af_sky"
        assert [name for name in offered_voices() if "openai" in name] == ["openai:af_sky"]

    def test_the_clubs_voice_speaks_and_no_other_clubs(self, cast, configured, chosen):
        assert self.speech(cast).engine == "openai:gpt-4o-mini-tts:fable"
        with club_scope(cast.other):
            other = providers.engines_of(cast.other).synthesizer.name
        assert other == "openai:gpt-4o-mini-tts:coral"

    def test_it_outlives_the_model(self, cast, configured, chosen, settings):
        settings.SPEECHCOACH_OPENAI_SPEECH_MODEL = "tts-1-hd"
        assert self.speech(cast).engine == "openai:tts-1-hd:fable"

    def test_a_withdrawn_voice_leaves_the_default_and_that_is_said(self, cast, configured, chosen):
        with club_scope(cast.club):
            ClubEngines.objects.filter(pk=chosen.pk).update(speech="openai:gone")
        status = self.speech(cast)
        assert status.engine == "openai:gpt-4o-mini-tts:coral"
        assert "openai:gone, which the club has chosen, is not offered" in status.warning
        client = Client()
        client.force_login(cast.officer)
        page = client.get(f"/clubs/{cast.club.slug}/engines/").content.decode()
        assert status.warning in page

    def test_without_the_key_the_built_in_voice_speaks_and_that_is_said(self, cast, chosen):
        status = self.speech(cast)
        assert status.engine.startswith("builtin:")
        assert "openai:fable, which the club has chosen" in status.warning

    def test_nothing_for_vendors_is_nothing_for_their_voices(self, cast, configured, chosen):
        with club_scope(cast.club):
            ClubEngines.objects.filter(pk=chosen.pk).update(builtin_only=True)
        status = self.speech(cast)
        assert status.engine.startswith("builtin:")
        assert "openai:fable, which the club has chosen" in status.warning

    def test_the_table_has_the_voices_of_the_sdk(self):
        literal = next(one for one in get_args(Voice) if get_origin(one) is Literal)
        assert set(VOICES) == set(get_args(literal))


def test_live_a_key_that_works(configured, fake):
    text = said("--live")
    assert "ok: " in text
    assert "gpt-5.4-mini is offered" in text
    assert "FAILED" not in text


def test_live_a_model_that_ends_soon_is_a_warning(configured, fake):
    fake.models["gpt-5.4-mini"] = "2026-01-01"
    out = io.StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("engines", "--live", stdout=out)
    assert ended.value.returncode == 1
    assert "gpt-5.4-mini went out of service on 2026-01-01" in out.getvalue()


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (fakes.status(401), "OpenAI refused the key."),
        (fakes.status(500), "OpenAI failed with status 500."),
        (fakes.garbage(), "could not be used"),
    ],
)
def test_live_what_fails_is_said_and_sets_the_exit_status(configured, fake, reply, sentence):
    fake.answers("/v1/models", reply)
    out = io.StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("engines", "--live", stdout=out)
    assert failed.value.returncode == 1
    assert sentence in out.getvalue()
    assert fakes.KEY not in out.getvalue()


def test_live_a_model_that_is_not_offered(configured, settings):
    settings.SPEECHCOACH_OPENAI_EVALUATION_MODEL = "gpt-nonesuch"
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("engines", "--live", stdout=out)
    assert "gpt-nonesuch is not offered there" in out.getvalue()


@pytest.mark.parametrize(
    ("key", "sentence"),
    [(fakes.KEY, "Deepgram: the key is accepted."), ("old", "Deepgram: the key is refused.")],
)
def test_live_deepgram_is_asked_too(settings, fake, key, sentence):
    settings.SPEECHCOACH_TRANSCRIBER = "auto"
    settings.SPEECHCOACH_DEEPGRAM_API_KEY = key
    settings.SPEECHCOACH_DEEPGRAM_BASE_URL = fake.base_url.removesuffix("/v1")
    out = io.StringIO()
    with contextlib.suppress(CommandError):
        call_command("engines", "--live", stdout=out)
    assert sentence in out.getvalue()


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (None, ""),
        (date(2027, 6, 1), ""),
        (date(2027, 1, 6), "goes out of service on 2027-01-06"),
        (TODAY, "went out of service"),
        (date(2026, 1, 1), "went out of service"),
    ],
)
def test_the_end_of_a_model_is_told_in_time(until, words):
    assert words in ending("m", until, TODAY)
    assert bool(words) is bool(ending("m", until, TODAY))


async def refuse(breaker: Breaker) -> None:
    with pytest.raises(ProviderError):
        async with breaker.guarding():
            raise ProviderError(Reason.CREDENTIALS, "No.")


class TestPage:
    def page(self, cast, user) -> str:
        client = Client()
        client.force_login(user)
        response = client.get(f"/clubs/{cast.club.slug}/engines/")
        assert response.status_code == 200
        return response.content.decode()

    def test_officers_and_owners_see_engines_and_no_key(self, cast, configured):
        for user in (cast.owner, cast.officer):
            page = self.page(cast, user)
            assert "openai:gpt-5.4-mini" in page
            assert fakes.KEY not in page

    def test_operators_and_members_do_not(self, cast):
        for user in (cast.operator, cast.member):
            client = Client()
            client.force_login(user)
            assert client.get(f"/clubs/{cast.club.slug}/engines/").status_code == 403

    def test_an_engine_that_is_left_alone_is_shown_to_its_club_only(self, cast, configured):
        breaker = configured.of("openai evaluation", cast.club.pk)
        asyncio.run(refuse(breaker))
        assert "the key was refused" in self.page(cast, cast.officer)
        with club_scope(cast.other):
            assert not any(one.left_alone for one in engine_report(TODAY, cast.other))


class TestTable:
    def test_the_defaults_are_known_and_do_their_job(self):
        assert "evaluation" in MODELS[DEFAULT_EVALUATION_MODEL].jobs
        assert "speech" in MODELS[DEFAULT_SPEECH_MODEL].jobs

    def test_the_default_evaluator_has_no_announced_end(self):
        assert MODELS[DEFAULT_EVALUATION_MODEL].gone_on is None

    def test_prices_of_ones_own(self):
        prices = facts_of("mine", ["other=9", "mine=1:2"]).prices
        assert prices.of_tokens(1_000_000, 500_000) == Decimal(2)
        assert facts_of("voice", ["voice=0.6"]).prices.of_sound(30) == Decimal("0.3")
        assert facts_of("unknown").prices.of_tokens(5, 5) == 0

    def test_sound_of_ones_own(self):
        prices = facts_of("mine", ["mine=1:2:3:4:5:6"]).prices
        assert prices.of_talk(Tokens(*[1_000_000] * 6)) == 21
        flat = facts_of("mine", ["mine=1:2"]).prices
        assert flat.of_talk(Tokens(*[1_000_000] * 6)) == 2 * 2 + 4 * 1

    @pytest.mark.parametrize("entry", ["m", "m=", "m=a", "m=1:2:3", "m=-1", "m=nan"])
    def test_a_price_that_cannot_be_read_is_an_error(self, entry, settings):
        with pytest.raises(ValueError, match="OPENAI_PRICES"):
            facts_of("m", [entry])
        settings.SPEECHCOACH_OPENAI_PRICES = [entry]
        assert [fault.id for fault in openai_settings(None)] == ["speechcoach.E012"]


def test_an_address_or_an_api_that_is_none_is_an_error(settings):
    settings.SPEECHCOACH_OPENAI_BASE_URL = "localhost:11434"
    settings.SPEECHCOACH_OPENAI_EVALUATION_API = "telepathy"
    assert [fault.id for fault in openai_settings(None)] == ["speechcoach.E010", "speechcoach.E011"]


def test_a_voice_that_the_model_is_not_known_to_have_is_a_warning(settings):
    settings.SPEECHCOACH_OPENAI_VOICE = "corral"
    [fault] = openai_settings(None)
    assert (fault.id, fault.is_serious()) == ("speechcoach.W010", False)
    settings.SPEECHCOACH_OPENAI_SPEECH_MODEL = "kokoro"
    assert openai_settings(None) == []


def test_a_key_with_a_trailing_newline_works(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-abc\n")
    assert Environment(dotenv=None).text("OPENAI_API_KEY") == "sk-abc"


def test_a_key_shows_in_no_representation(configured):
    access = providers.openai_access()
    assert access is not None
    assert fakes.KEY not in repr(access)
