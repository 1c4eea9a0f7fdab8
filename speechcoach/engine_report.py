"""Which engine serves which stage, from configuration and breakers; never with a key in it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.conf import settings

from clubs.engines import EngineChoice, choice_of
from clubs.models import Club
from speechcoach import coach_engines, providers
from speechcoach.breaker import BreakerState
from speechcoach.errors import Reason
from speechcoach.model_table import MODELS, Job

SOON: Final = timedelta(days=60)
_WHY: Final = {
    Reason.CREDENTIALS: "the key was refused",
    Reason.QUOTA: "the quota is used up",
    Reason.RATE_LIMIT: "it was asked too often",
    Reason.TIMEOUT: "it did not answer in time",
}


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """One stage: who serves it, who steps in, and what is to be said about that.

    ``net`` is "" where nobody needs to step in. ``left_alone`` says why an engine is not asked just
    now; ``warning`` what will have to be changed.
    """

    stage: str
    engine: str
    net: str = ""
    left_alone: str = ""
    warning: str = ""


def engine_report(today: date, club: Club | None = None) -> list[EngineStatus]:
    """The stages in order, for a club, whose scope it needs, or for the deployment."""
    choice = choice_of(club) if club else EngineChoice()
    builtin_only = choice.builtin_only
    live = providers.lineup(builtin_only=builtin_only).transcriber
    finals = providers.final_transcribers()[-1 if builtin_only else 0 :]
    engines = providers.engines_of(club) if club else providers.engines()
    drafter, floor = engines.evaluator, engines.floor
    voice, spare = engines.synthesizer, providers.builtin_voice()
    hears_elsewhere = finals[0].name.startswith("openai")
    speaks_elsewhere = voice.name.startswith("openai")
    return [
        EngineStatus(
            "Live captions",
            live.name,
            finals[-1].name if live.name.startswith("deepgram") else "",
            _left_alone("deepgram", club) if live.name.startswith("deepgram") else "",
        ),
        EngineStatus(
            "Final transcript",
            finals[0].name,
            finals[-1].name if len(finals) > 1 else "",
            _left_alone("openai transcript" if hears_elsewhere else "deepgram", club)
            if len(finals) > 1
            else "",
            model_warning(settings.SPEECHCOACH_OPENAI_TRANSCRIPTION_MODEL, "transcript", today)
            if hears_elsewhere
            else "",
        ),
        EngineStatus(
            "Evaluation",
            drafter.name,
            floor.name if drafter is not floor else "",
            _left_alone("openai evaluation", club),
            model_warning(settings.SPEECHCOACH_OPENAI_EVALUATION_MODEL, "evaluation", today)
            if drafter is not floor
            else "",
        ),
        EngineStatus(
            "Spoken evaluation",
            voice.name,
            spare.name if speaks_elsewhere else "",
            _left_alone("openai speech", club) if speaks_elsewhere else "",
            _voice_warning(voice.name, choice.withdrawn, today),
        ),
        _coach_status(club, today, builtin_only=builtin_only),
    ]


def _coach_status(club: Club | None, today: date, *, builtin_only: bool) -> EngineStatus:
    vendor = None if builtin_only else coach_engines.openai_coach()
    builtin = coach_engines.builtin_coach().upstream.name
    if vendor is None:
        return EngineStatus("Voice coach", builtin)
    return EngineStatus(
        "Voice coach",
        f"{vendor.upstream.name}:{vendor.engine.voice}",
        builtin,
        _left_alone("openai realtime", club),
        model_warning(vendor.engine.model, "coach", today),
    )


def _voice_warning(voice: str, withdrawn: str, today: date) -> str:
    warnings = []
    if withdrawn:
        warnings.append(f"{withdrawn}, which the club has chosen, is not offered to it any more.")
    if voice.startswith("openai"):
        model = settings.SPEECHCOACH_OPENAI_SPEECH_MODEL
        warnings.append(model_warning(model, "speech", today))
    return " ".join(filter(None, warnings))


def model_warning(model: str, job: Job, today: date) -> str:
    """What the table of models says against ``model``; "" for nothing."""
    facts = MODELS.get(model)
    if facts is None:
        return ""
    if job not in facts.jobs:
        return f"{model} is not known to do this."
    return ending(model, facts.gone_on, today)


def ending(model: str, until: date | None, today: date) -> str:
    """A warning that ``model`` is out of service, or will be soon; "" for neither."""
    if until is None or until - today > SOON:
        return ""
    if until <= today:
        return f"{model} went out of service on {until}. Choose another model."
    return f"{model} goes out of service on {until}. Choose another model before then."


def _left_alone(vendor: str, club: Club | None) -> str:
    if club is None:
        return ""
    breaker = providers.breakers().of(vendor, club.pk)
    if breaker.state is BreakerState.CLOSED:
        return ""
    why = _WHY.get(breaker.reason, "it failed") if breaker.reason else "it failed"
    if breaker.state is BreakerState.HALF_OPEN:
        return f"{why}; it is tried again with the next speech"
    return f"{why}; it is left alone for a while"
