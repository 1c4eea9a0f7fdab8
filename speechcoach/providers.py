"""The composition root: the one file that names concrete engines.

Only entry points (``asgi``, ``tasks``, commands) import it.
"""

import functools
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.exceptions import ImproperlyConfigured

from clubs.engines import choice_of
from clubs.models import Club
from evaluations.core.styles import STYLES
from evaluations.evaluator import Evaluator
from evaluations.evaluator.builtin import BuiltinEvaluator
from evaluations.pipeline import Engines
from evaluations.roles.registry import role_ids
from evaluations.speech import Synthesizer
from evaluations.speech.builtin.choice import builtin_voices, choose_builtin
from evaluations.speech.builtin.espeak_process import EspeakSynthesizer
from sessions_app.contract.messages import EngineNames
from sessions_app.core.config import SessionConfig
from sessions_app.core.limits import Limits
from sessions_app.detection import SpeechDetector
from sessions_app.detection.energy import EnergyDetector
from sessions_app.live.pitches import Pitches
from sessions_app.live.sockets import OpenSockets
from sessions_app.live.vendors import Lineup, Vendors
from sessions_app.source import VaultSource
from sessions_app.stream import BarRing
from sessions_app.stream.broadcaster import Broadcaster
from sessions_app.stream.memory import MemoryRing
from sessions_app.stream.views import LiveMetrics
from sessions_app.transcription import FinalTranscriber, Transcriber
from sessions_app.transcription.builtin.final import BuiltinFinalTranscriber
from sessions_app.transcription.builtin.pool import DecoderPool
from sessions_app.transcription.builtin.stream import BuiltinTranscriber
from sessions_app.transcription.deepgram.core.options import DeepgramConfig
from sessions_app.transcription.deepgram.final import DeepgramFinalTranscriber
from sessions_app.transcription.deepgram.stream import DeepgramTranscriber
from sessions_app.transcription.fallback import FallbackTranscriber
from sessions_app.transcription.scripted import (
    Script,
    ScriptedFinalTranscriber,
    ScriptedTranscriber,
    load_script,
)
from sessions_app.vault import AudioVault
from sessions_app.vault.memory import MemoryVault
from speechcoach.breaker import Breakers
from speechcoach.model_table import facts_of

MOST_STREAMS_PER_CLUB = 500
"""In one process: a chart is cheap, and a whole club may watch."""

_NEEDS_PACKAGES = "REDIS_URL needs packages: pip install -r requirements-stack.txt"

if TYPE_CHECKING:
    from evaluations.openai_access import OpenAIAccess


_OPENAI = "openai:"


@functools.cache
def decoder_pool() -> DecoderPool:
    """The processes of the built-in transcription; they start with the first speech."""
    return DecoderPool(settings.SPEECHCOACH_TRANSCRIBER_PROCESSES or os.cpu_count() or 1)


@functools.cache
def vault() -> AudioVault:
    """Where captured speech is kept: in Redis where one is configured, else in this process.

    Raises:
        ImproperlyConfigured: REDIS_URL is set, and the packages of the stack are not installed.
    """
    if settings.REDIS_URL:
        try:
            from sessions_app.vault.redis import RedisVault  # noqa: PLC0415 - an optional extra
        except ImportError as error:
            raise ImproperlyConfigured(_NEEDS_PACKAGES) from error
        return RedisVault(settings.REDIS_URL)
    return MemoryVault(settings.SPEECHCOACH_VAULT_MAX_MIB * 1024 * 1024)


@functools.cache
def ring() -> BarRing:
    """Where the bars of running speeches are kept: beside their sound.

    Raises:
        ImproperlyConfigured: as :func:`vault`.
    """
    if settings.REDIS_URL:
        try:
            from sessions_app.stream.redis import RedisRing  # noqa: PLC0415 - an optional extra
        except ImportError as error:
            raise ImproperlyConfigured(_NEEDS_PACKAGES) from error
        return RedisRing(settings.REDIS_URL)
    return MemoryRing()


@functools.cache
def live_metrics() -> LiveMetrics:
    """What history and stream work with."""
    return LiveMetrics(
        Broadcaster(ring()),
        OpenSockets(
            per_user=settings.SPEECHCOACH_MAX_SOCKETS_PER_USER, per_club=MOST_STREAMS_PER_CLUB
        ),
    )


@functools.cache
def transcriber() -> Transcriber:
    """Who gives the live captions; the built-in engine goes on where a vendor is given up."""
    builtin, config = builtin_transcriber(), deepgram()
    if config is None:
        return builtin
    return FallbackTranscriber(DeepgramTranscriber(config, breakers()), builtin)


@functools.cache
def builtin_transcriber() -> Transcriber:
    """Who gives live captions without a vendor; a script stands in for it."""
    script = script_in_place()
    if script is not None:
        return ScriptedTranscriber(script)
    return BuiltinTranscriber(decoder_pool())


@functools.cache
def final_transcribers() -> tuple[FinalTranscriber, ...]:
    """Who gives the final transcript; each is asked when those before it have failed.

    The last one is built in, or a script.

    Raises:
        ImproperlyConfigured: FINAL_TRANSCRIBER names nobody, or one who cannot be reached.
    """
    script = script_in_place()
    net: FinalTranscriber = (
        BuiltinFinalTranscriber(decoder_pool())
        if script is None
        else ScriptedFinalTranscriber(script)
    )
    match settings.SPEECHCOACH_FINAL_TRANSCRIBER:
        case "builtin":
            return (net,)
        case "auto":
            config = deepgram()
            return (DeepgramFinalTranscriber(config, breakers()), net) if config else (net,)
        case "openai":
            return (_openai_final_transcriber(), net)
    raise ImproperlyConfigured('FINAL_TRANSCRIBER must be "auto", "builtin" or "openai".')


def _openai_final_transcriber() -> FinalTranscriber:
    access, model = openai_access(), settings.SPEECHCOACH_OPENAI_TRANSCRIPTION_MODEL
    if access is None or not model:
        raise ImproperlyConfigured(
            "FINAL_TRANSCRIBER=openai needs OPENAI_API_KEY or OPENAI_BASE_URL, and "
            "OPENAI_TRANSCRIPTION_MODEL."
        )
    from sessions_app.transcription.openai.final import (  # noqa: PLC0415 - a second of imports
        OpenAIFinalTranscriber,
        TranscriptionModel,
    )

    facts = facts_of(model, settings.SPEECHCOACH_OPENAI_PRICES)
    return OpenAIFinalTranscriber(access, TranscriptionModel(model, facts), breakers())


def deepgram() -> DeepgramConfig | None:
    """The account at Deepgram; None where there is none, or TRANSCRIBER wants another engine.

    Raises:
        ImproperlyConfigured: TRANSCRIBER wants Deepgram, and there is no key.
    """
    kind, key = settings.SPEECHCOACH_TRANSCRIBER, settings.SPEECHCOACH_DEEPGRAM_API_KEY
    if kind == "deepgram" and not key:
        raise ImproperlyConfigured("TRANSCRIBER=deepgram needs DEEPGRAM_API_KEY.")
    if kind not in {"auto", "deepgram"} or not key:
        return None
    return DeepgramConfig(
        api_key=key,
        live_model=settings.SPEECHCOACH_DEEPGRAM_MODEL,
        final_model=settings.SPEECHCOACH_DEEPGRAM_FINAL_MODEL,
        base_url=settings.SPEECHCOACH_DEEPGRAM_BASE_URL,
    )


def script_in_place() -> Script | None:
    """The script that TRANSCRIBER names; None where it names an engine.

    Raises:
        ImproperlyConfigured: TRANSCRIBER names neither.
    """
    kind, _, path = settings.SPEECHCOACH_TRANSCRIBER.partition(":")
    if kind in {"auto", "builtin", "deepgram"} and not path:
        return None
    if kind != "scripted" or not path:
        raise ImproperlyConfigured(
            'TRANSCRIBER must be "auto", "builtin", "deepgram" or "scripted:FILE".'
        )
    return load_script(Path(path))


def detector() -> Callable[[], SpeechDetector]:
    """Makes the speech detector of a recording.

    Raises:
        ImproperlyConfigured: SPEECH_DETECTOR names none, or one that is not installed.
    """
    match settings.SPEECHCOACH_SPEECH_DETECTOR:
        case "energy":
            return EnergyDetector
        case "webrtc":
            try:
                from sessions_app.detection.webrtc import (  # noqa: PLC0415 - an optional extra
                    WebRtcDetector,
                )
            except ImportError as error:
                raise ImproperlyConfigured(
                    "SPEECH_DETECTOR=webrtc needs a package: pip install webrtcvad-wheels"
                ) from error
            return WebRtcDetector
        case other:
            raise ImproperlyConfigured(f'SPEECH_DETECTOR must be "energy" or "webrtc": {other!r}')


@functools.cache
def breakers() -> Breakers:
    """Which vendors are left alone for a while, for which club; who shares the cache shares it."""
    # Not `cache`: Django makes one of those, and its connections, for each thread and task.
    return Breakers(store=caches.create_connection(DEFAULT_CACHE_ALIAS))


def openai_access() -> "OpenAIAccess | None":
    """How to reach OpenAI, or a server that speaks its API; None where neither is configured."""
    key, address = settings.SPEECHCOACH_OPENAI_API_KEY, settings.SPEECHCOACH_OPENAI_BASE_URL
    if not key and not address:
        return None
    from evaluations.openai_access import OpenAIAccess  # noqa: PLC0415 - a second of imports

    return OpenAIAccess(key, address or None)


@functools.cache
def builtin_voice() -> Synthesizer:
    return choose_builtin()


@functools.cache
def builtin_evaluator() -> Evaluator:
    return BuiltinEvaluator()


def evaluator(club_id: int = 0) -> Evaluator:
    """Who drafts the evaluations of a club."""
    access, model = openai_access(), settings.SPEECHCOACH_OPENAI_EVALUATION_MODEL
    if access is None or not model:
        return builtin_evaluator()
    from evaluations.evaluator.openai import OpenAIEvaluator  # noqa: PLC0415 - as above
    from evaluations.evaluator.openai.calling import EvaluationModel, as_api  # noqa: PLC0415

    facts = facts_of(model, settings.SPEECHCOACH_OPENAI_PRICES)
    return OpenAIEvaluator(
        access,
        EvaluationModel(model, facts, as_api(settings.SPEECHCOACH_OPENAI_EVALUATION_API)),
        breaker=breakers().of("openai evaluation", club_id),
    )


def synthesizer(club_id: int = 0, voice: str = "") -> Synthesizer:
    """The voice of a club's spoken evaluations; OpenAI's ``voice`` where it names one."""
    access, model = openai_access(), settings.SPEECHCOACH_OPENAI_SPEECH_MODEL
    if access is None or not model:
        return builtin_voice()
    from evaluations.speech.openai import OpenAISynthesizer, OpenAIVoice  # noqa: PLC0415 - as above

    facts = facts_of(model, settings.SPEECHCOACH_OPENAI_PRICES)
    return OpenAISynthesizer(
        access,
        OpenAIVoice(model, voice or settings.SPEECHCOACH_OPENAI_VOICE, facts),
        breaker=breakers().of("openai speech", club_id),
    )


def engines(club_id: int = 0) -> Engines:
    """What the evaluation pipeline works with for a club."""
    return Engines(
        source=VaultSource(vault(), *final_transcribers()),
        evaluator=evaluator(club_id),
        floor=builtin_evaluator(),
        synthesizer=synthesizer(club_id),
        spare_voice=builtin_voice(),
    )


@functools.cache
def _builtin_voices() -> dict[str, Synthesizer]:
    return {voice.name: voice for voice in builtin_voices()}


def voices() -> dict[str, str]:
    """The voices that a club may choose in place of the deployment's own, and their engines.

    OpenAI's are chosen by their own names, so that a choice outlives the model that speaks.
    """
    model = settings.SPEECHCOACH_OPENAI_SPEECH_MODEL
    reached = settings.SPEECHCOACH_OPENAI_API_KEY or settings.SPEECHCOACH_OPENAI_BASE_URL
    theirs: dict[str, str] = {}
    if model and reached:
        for voice in (*facts_of(model).voices, settings.SPEECHCOACH_OPENAI_VOICE):
            theirs[f"{_OPENAI}{voice}"] = f"{_OPENAI}{model}:{voice}"
    return {**{name: name for name in _builtin_voices()}, **theirs}


def engines_of(club: Club) -> Engines:
    """The same with what the club has chosen. Needs its scope."""
    choice = choice_of(club)
    chosen = builtin_engines() if choice.builtin_only else engines(club.pk)
    if not choice.voice:
        return chosen
    voice = _builtin_voices().get(choice.voice)
    if voice is None:
        voice = synthesizer(club.pk, choice.voice.removeprefix(_OPENAI))
    return replace(chosen, synthesizer=voice)


def builtin_engines() -> Engines:
    """What works on this server and sends nothing to anybody."""
    return Engines(
        source=VaultSource(vault(), final_transcribers()[-1]),
        evaluator=builtin_evaluator(),
        floor=builtin_evaluator(),
        synthesizer=builtin_voice(),
    )


def quick_engines() -> Engines:
    """The same with the fastest voice: the demo clubs' first speeches must not delay the start."""
    return replace(builtin_engines(), synthesizer=EspeakSynthesizer())


def lineup(*, builtin_only: bool) -> Lineup:
    """Who serves a session of a club that sends something to vendors, or nothing."""
    serving = builtin_engines() if builtin_only else engines()
    live = builtin_transcriber() if builtin_only else transcriber()
    return Lineup(
        live,
        EngineNames(
            live=live.name,
            final=final_transcribers()[-1 if builtin_only else 0].name,
            evaluation=serving.evaluator.name,
            speech=serving.synthesizer.name,
        ),
    )


@functools.cache
def vendors() -> Vendors:
    """What a live session works with."""
    return Vendors(
        lineup=lineup(builtin_only=False),
        builtin=lineup(builtin_only=True),
        vault=vault(),
        ring=ring(),
        pitches=Pitches(),
        config=SessionConfig(
            limits=Limits(max_lead_seconds=settings.SPEECHCOACH_AUDIO_MAX_LEAD_SECONDS),
            make_detector=detector(),
            styles=STYLES,
            roles=role_ids(),
        ),
        open_sockets=OpenSockets(
            per_user=settings.SPEECHCOACH_MAX_SOCKETS_PER_USER,
            per_club=settings.SPEECHCOACH_MAX_SOCKETS_PER_CLUB,
        ),
        voices=voices(),
    )
