"""An upload's second half: its file becomes a recording, and the recording is queued."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from clubs.models import Club, RetentionPolicy
from evaluations import notify
from evaluations.core.stages import ShownStage
from evaluations.models import Run
from evaluations.queueing import request_run
from sessions_app.core.audio import BYTES_PER_SAMPLE, MAX_SPEECH_SAMPLES, SAMPLE_RATE
from sessions_app.core.bar import PitchRange
from sessions_app.core.bar_sound import Second, pitch_percentiles
from sessions_app.core.bars import BarBuilder
from sessions_app.core.effects import RequestEvaluation
from sessions_app.core.run_view import EvaluationState
from sessions_app.core.setup import Setup
from sessions_app.core.snapshot import Snapshot
from sessions_app.detection import SpeechDetector
from sessions_app.models import Speech, Upload
from sessions_app.run_request import run_request
from sessions_app.source import upload_key, vault_key
from sessions_app.stream import Mark, rows
from sessions_app.uploads.core.refusals import Refusal
from sessions_app.uploads.extraction import ExtractionError, extract
from sessions_app.vault import AudioVault, VaultError, VaultFullError

log = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 3
BEAT_SECONDS: Final = 2.0
LOST_SECONDS: Final = 20.0
"""Without a sign for so long, a worker is taken for dead."""
_STATE: Final = Upload.State
_OPEN_RUNS: Final = (Run.Status.QUEUED, Run.Status.RUNNING)


def purge_time(club: Club) -> datetime:
    """When what rests unsaved from now on goes."""
    return timezone.now() + timedelta(seconds=RetentionPolicy.of(club).auto_purge_seconds)


def claim(club: Club, speech_id: str, now: datetime) -> Upload | None:
    """Take an upload for this worker; None when another has it, or nothing is to be done.

    Whoever had it before writes nothing more: the number of the attempt is the fence.
    """
    waits = Q(state=_STATE.RECEIVED) | _lost(now)
    mine = Upload.objects.filter(waits, club=club, speech_id=speech_id)
    with transaction.atomic():
        if not mine.update(state=_STATE.EXTRACTING, attempts=F("attempts") + 1, seen_at=now):
            return None
        upload = Upload.objects.select_related("speech").get(club=club, speech_id=speech_id)
    if upload.attempts > MAX_ATTEMPTS:
        _fail(upload, Refusal.HEAVY.sentence)
        return None
    return upload


def stalled(club: Club, now: datetime) -> list[str]:
    """The speeches whose files nobody works on any more, or whose task was lost."""
    late = now - timedelta(seconds=LOST_SECONDS)
    forgotten = Q(state=_STATE.RECEIVED, seen_at__lt=late)
    waiting = Upload.objects.filter(forgotten | _lost(now), club=club)
    return [str(pk) for pk in waiting.values_list("speech_id", flat=True)]


def carry(
    club: Club, upload: Upload, vault: AudioVault, make_detector: Callable[[], SpeechDetector]
) -> None:
    """Decode the file of ``upload`` and queue its run. What goes wrong stands in the row."""
    try:
        bars = _decode(upload, vault, BarBuilder(make_detector()))
    except ExtractionError as error:
        log.info("upload refused club=%s speech=%s: %s", club.pk, upload.speech_id, error.refusal)
        _fail(upload, error.refusal.sentence)
    except VaultFullError:
        _fail(upload, Refusal.FULL.sentence)
    except VaultError:
        # It stays claimed and without a sign: another attempt follows.
        log.warning("upload waits club=%s speech=%s: no vault", club.pk, upload.speech_id)
        return
    else:
        if bars is None:
            log.info("upload given up club=%s speech=%s", club.pk, upload.speech_id)
        else:
            _queue(club, upload, bars)
    _forget(vault, upload)


def settle(club: Club, now: datetime) -> None:
    """Let uploaded speeches rest whose run has ended: from then on their purge clock runs."""
    uploads = Upload.objects.filter(club=club, state=_STATE.EXTRACTED)
    for speech in Speech.objects.filter(
        club=club, pk__in=uploads.values("speech_id"), state=Speech.State.PROCESSING, owner=None
    ):
        runs = Run.objects.filter(club=club, speech=speech, number=speech.run_id)
        if not runs.filter(status__in=_OPEN_RUNS).exists():
            resting = Speech.objects.filter(
                club=club, pk=speech.pk, state=Speech.State.PROCESSING, owner=None
            )
            resting.update(state=Speech.State.IDLE, purge_after=purge_time(club))


def _lost(now: datetime) -> Q:
    return Q(state=_STATE.EXTRACTING, seen_at__lt=now - timedelta(seconds=LOST_SECONDS))


def _decode(upload: Upload, vault: AudioVault, builder: BarBuilder) -> list[str] | None:
    """The sound into the vault, from its first sample on; what is there already is skipped.

    Returns its bars as JSON; None when the upload is not this worker's any more.
    """
    file, key = _key_of_file(upload), vault_key(upload.club_id, str(upload.speech_id))
    if async_to_sync(vault.length)(file) * BYTES_PER_SAMPLE < upload.size:
        raise ExtractionError(Refusal.GONE)
    bars: dict[int, str] = {}
    at, told = 0, timezone.now()
    for block in extract(_pieces(vault, file, upload.size), upload.size):
        pcm = block.pcm[: (MAX_SPEECH_SAMPLES - at) * BYTES_PER_SAMPLE]
        async_to_sync(vault.append)(key, at, pcm)
        at += len(pcm) // BYTES_PER_SAMPLE
        _pitch(builder, builder.push(pcm, forming=False))
        _collect(builder, bars)
        if (timezone.now() - told).total_seconds() >= BEAT_SECONDS:
            told = timezone.now()
            seconds = {"seconds": at / SAMPLE_RATE, "total_seconds": block.total}
            if not _mine(upload).update(seen_at=told, **seconds):
                return None
    _pitch(builder, builder.finish(heard_all=False))
    _collect(builder, bars)
    if not _mine(upload).update(
        seen_at=timezone.now(), seconds=at / SAMPLE_RATE, total_seconds=at / SAMPLE_RATE
    ):
        return None
    return [bars[seq] for seq in sorted(bars)]


def _collect(builder: BarBuilder, bars: dict[int, str]) -> None:
    for change in builder.changes():
        bars[change.bar.seq] = change.bar.model_dump_json(by_alias=True)


def _pitch(builder: BarBuilder, seconds: Sequence[Second]) -> None:
    for second, found in zip(seconds, pitch_percentiles(seconds), strict=True):
        pitch = None
        if found is not None:
            low, mid, high = found
            pitch = PitchRange(low=low, mid=mid, high=high)
        builder.pitched(second.seq, pitch)


def _pieces(vault: AudioVault, key: str, size: int) -> Iterator[bytes]:
    """The file as it was uploaded, for the thread that feeds the decoding process."""
    left = size
    with asyncio.Runner() as runner:
        blocks = vault.read(key)
        while left:
            block = runner.run(_next(blocks))
            if block is None:
                return
            yield block[:left]
            left -= min(left, len(block))


async def _next(blocks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(blocks, None)


def _queue(club: Club, upload: Upload, bars: list[str]) -> None:
    """Leave the recording as a live session would, and queue its run."""
    setup = Setup.model_validate(upload.setup)
    with transaction.atomic():
        if not _mine(upload).update(state=_STATE.EXTRACTED):
            return
        speech = Speech.objects.select_for_update().get(club=club, pk=upload.speech_id)
        upload.refresh_from_db()
        samples = round(upload.seconds * SAMPLE_RATE)
        number = speech.run_id + 1
        evaluation = EvaluationState(requested=True, stage=ShownStage.PROCESSING_SPEECH)
        snapshot = Snapshot(run_id=number, setup=setup, evaluation=evaluation, samples=samples)
        speech.run_id, speech.recorded_at = number, timezone.now()
        speech.session = snapshot.model_dump(mode="json", by_alias=True)
        speech.save(update_fields=["run_id", "recorded_at", "session"])
        mark = Mark(uuid.uuid4().hex[:16], 1, ended=True)
        rows.keep_bars(club, str(speech.pk), number, mark, bars)
        asked = RequestEvaluation(number, samples, (), 0)
        request_run(club, speech.pk, number, samples, run_request(speech, asked, setup, ""))
    notify.nudge(club.pk, speech.pk, "run.changed", run=number)


def _fail(upload: Upload, sentence: str) -> None:
    club = upload.club
    with transaction.atomic():
        if _mine(upload).update(state=_STATE.FAILED, message=sentence):
            Speech.objects.filter(club=club, pk=upload.speech_id).update(
                state=Speech.State.IDLE, purge_after=purge_time(club)
            )


def _forget(vault: AudioVault, upload: Upload) -> None:
    """The file has served; of one that was refused, neither is there use for its sound."""
    state = Upload.objects.filter(club=upload.club, pk=upload.pk).values_list("state", flat=True)
    keys = [_key_of_file(upload)]
    if state.first() != _STATE.EXTRACTED:
        keys.append(vault_key(upload.club_id, str(upload.speech_id)))
    for key in keys:
        try:
            async_to_sync(vault.drop)(key)
        except VaultError:
            # It goes with the speech's unsaved data, or when its own time in the vault is over.
            log.warning("file not dropped club=%s speech=%s", upload.club_id, upload.speech_id)


def _mine(upload: Upload) -> QuerySet[Upload]:
    return Upload.objects.filter(
        club=upload.club, pk=upload.pk, state=_STATE.EXTRACTING, attempts=upload.attempts
    )


def _key_of_file(upload: Upload) -> str:
    return upload_key(upload.club_id, str(upload.speech_id))
