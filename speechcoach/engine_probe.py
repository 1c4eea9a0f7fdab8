"""Asking vendors whether the configured keys and models work: `manage.py engines --live`."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import httpx
from django.conf import settings

from speechcoach import providers
from speechcoach.engine_report import ending

SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Finding:
    """``ok`` is None for a warning: it works, and will not for ever."""

    ok: bool | None
    sentence: str


async def probe(today: date) -> list[Finding]:
    """What each configured vendor says. Sentences hold no key, and nothing that a vendor wrote."""
    return [finding async for finding in _all(today)]


async def _all(today: date) -> AsyncIterator[Finding]:
    asked = False
    if providers.openai_access() is not None:
        asked = True
        for finding in await _openai(today):
            yield finding
    if providers.deepgram() is not None:
        asked = True
        yield await _deepgram()
    if not asked:
        yield Finding(ok=True, sentence="No vendor is configured: nothing to ask.")


async def _openai(today: date) -> list[Finding]:
    import openai  # noqa: PLC0415 - a second of imports

    from evaluations.openai_access import provider_error, timeout  # noqa: PLC0415

    access = providers.openai_access()
    if access is None:
        return []
    where = settings.SPEECHCOACH_OPENAI_BASE_URL or "OpenAI"
    try:
        async with asyncio.timeout(SECONDS), access.client() as client:
            listed = await client.models.list(timeout=timeout(SECONDS))
            served = {model.id: _date(model.shutdown_date) for model in listed.data}
    except (openai.OpenAIError, TimeoutError, AttributeError, TypeError) as error:
        failed = provider_error(error) if not isinstance(error, TimeoutError) else None
        sentence = failed.sentence if failed else "There was no answer in time."
        return [Finding(ok=False, sentence=f"{where}: {sentence}")]
    findings = [Finding(ok=True, sentence=f"{where}: the key is accepted.")]
    hears = settings.SPEECHCOACH_FINAL_TRANSCRIBER == "openai"
    for name, model in (
        (
            "OPENAI_TRANSCRIPTION_MODEL",
            settings.SPEECHCOACH_OPENAI_TRANSCRIPTION_MODEL if hears else "",
        ),
        ("OPENAI_EVALUATION_MODEL", settings.SPEECHCOACH_OPENAI_EVALUATION_MODEL),
        ("OPENAI_SPEECH_MODEL", settings.SPEECHCOACH_OPENAI_SPEECH_MODEL),
    ):
        if not model:
            continue
        if model not in served:
            findings.append(Finding(ok=False, sentence=f"{name}: {model} is not offered there."))
            continue
        warning = ending(model, served[model], today)
        gone = served[model] is not None and served[model] <= today  # type: ignore[operator]
        findings.append(
            Finding(
                ok=(False if gone else None) if warning else True,
                sentence=f"{name}: {warning or f'{model} is offered.'}",
            )
        )
    return findings


async def _deepgram() -> Finding:
    config = providers.deepgram()
    if config is None:
        return Finding(ok=True, sentence="Deepgram is not configured.")
    try:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            answer = await client.get(
                f"{config.http_url}/v1/projects",
                headers={"Authorization": f"Token {config.api_key}"},
            )
    except httpx.HTTPError:
        return Finding(ok=False, sentence="Deepgram: it cannot be reached.")
    if answer.status_code in {401, 403}:
        return Finding(ok=False, sentence="Deepgram: the key is refused.")
    if answer.status_code >= 400:
        return Finding(ok=False, sentence=f"Deepgram: it answered with {answer.status_code}.")
    return Finding(ok=True, sentence="Deepgram: the key is accepted.")


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
