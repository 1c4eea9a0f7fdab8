"""The rows behind a live session: the one file of the live path that touches the ORM.

Every call runs in a thread of its own, not in the one that all sockets share, and inside the
club's scope.
"""

import contextlib
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from channels.db import database_sync_to_async
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from clubs.access import NOT_FOUND
from clubs.engines import EngineChoice, choice_of
from clubs.models import Club, ConsentEvent, Membership, RetentionPolicy
from clubs.revocation import Permit, require_permit
from clubs.scoping import club_scope
from evaluations import outputs
from evaluations.core.shapes import Segment
from evaluations.core.stages import ShownStage
from evaluations.models import Run
from evaluations.own_fillers import own_fillers_of
from evaluations.queueing import request_run
from sessions_app.access import access_operable, speech_of
from sessions_app.apart import apart
from sessions_app.consent import shown_consent
from sessions_app.contract.messages import Consent, EngineNames, OutputsSaved, SessionState
from sessions_app.core.effects import RequestEvaluation
from sessions_app.core.run_view import Delivery, RunView
from sessions_app.core.setup import Setup
from sessions_app.core.snapshot import Snapshot
from sessions_app.files import as_message
from sessions_app.live.tickets import Ticket
from sessions_app.meetings import agenda
from sessions_app.models import AgendaSlot, EvaluatorNote, LiveUtterance, Speech, Upload
from sessions_app.run_request import run_request
from sessions_app.speakers import speaker_id_for
from sessions_app.stream import Mark, rows
from speechcoach.errors import NotFoundError

_OPEN_RUN = Q(status__in=[Run.Status.QUEUED, Run.Status.RUNNING])
_SETTLED = {Run.Status.READY, Run.Status.TOO_SHORT, Run.Status.FAILED}


RESUME_WINDOW_SECONDS = 120
BEAT_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Opened:
    """What a session needs to know of its speech.

    ``resumed`` says that the session goes on where it was; else ``snapshot`` is at rest. ``choice``
    is the club's, of engines.
    """

    club_id: int
    speech_id: str
    snapshot: Snapshot
    resumed: bool
    choice: EngineChoice


async def open_session(ticket: Ticket, resume: str | None) -> tuple["SessionStore", Opened]:
    """The speech that a ticket names or ``resume`` asks for, or a new one. The caller owns it now.

    Raises:
        SignedOutError: the ticket's sign-in has ended.
        ForbiddenError: the ticket's user may no longer operate in that club.
        NotFoundError: the speech is gone.
    """
    return await database_sync_to_async(_open_session, thread_sensitive=False)(ticket, resume)


def _open_session(ticket: Ticket, resume: str | None) -> tuple["SessionStore", Opened]:
    operator = require_permit(ticket.permit)
    club = operator.club
    with club_scope(club):
        speech, resumed = _speech_for(operator, ticket, resume)
        owner = uuid.uuid4()
        mine = Speech.objects.filter(club=club, pk=speech.pk)
        # The owner first: what is read below, its last owner writes no more.
        with transaction.atomic():
            if not mine.update(owner=owner, seen_at=timezone.now()):
                raise NotFoundError(NOT_FOUND)
            speech.refresh_from_db()
            snapshot = _snapshot_of(speech)
            snapshot.setup.own_fillers = own_fillers_of(club, speech.speaker_id)
            if not resumed:
                snapshot = snapshot.at_rest()
            mine.update(state=snapshot.state)
        choice = choice_of(club)
    opened = Opened(club.pk, str(speech.pk), snapshot, resumed, choice)
    utterances = len(snapshot.finished)
    return SessionStore(club, opened.speech_id, ticket.permit, owner, utterances), opened


def _speech_for(operator: Membership, ticket: Ticket, resume: str | None) -> tuple[Speech, bool]:
    """The speech, and whether its session goes on; what cannot be resumed is opened anew."""
    if resume is not None and ticket.speech_id in {None, resume}:
        with contextlib.suppress(NotFoundError):
            speech = access_operable(operator, resume)
            if _within_window(speech):
                return speech, True
    if ticket.speech_id is not None:
        return access_operable(operator, ticket.speech_id), False
    return Speech.objects.create(club_id=operator.club_id, operator_id=ticket.user_id), False


def _within_window(speech: Speech) -> bool:
    # A killed process leaves its last beat, not the moment of the loss.
    window = timedelta(seconds=RESUME_WINDOW_SECONDS + BEAT_SECONDS)
    fresh = speech.seen_at is not None and timezone.now() - speech.seen_at <= window
    return fresh and Snapshot.read(speech.session) is not None


def _snapshot_of(speech: Speech) -> Snapshot:
    """The session as it was left; of one that never was, or cannot be read, what its row says."""
    snapshot = Snapshot.read(speech.session)
    if snapshot is not None:
        kept = LiveUtterance.objects.filter(club=speech.club_id, speech=speech)
        finished = tuple(Segment.model_validate(row.segment) for row in kept)
        run_id = max(snapshot.run_id, speech.run_id)
        return snapshot.model_copy(update={"run_id": run_id, "finished": finished})
    consent = None
    if speech.consent_at is not None:
        consent = Consent(
            speaker_name=speech.speaker_name,
            consent_confirmed=speech.consent_confirmed,
            consent_timestamp=speech.consent_at.isoformat(timespec="milliseconds"),
        )
    setup = Setup(
        consent=consent, project=speech.project, time_limit_seconds=speech.time_limit_seconds
    )
    return Snapshot(run_id=speech.run_id, setup=setup)


class SessionStore:
    """The rows of one speech, for the session that shows it."""

    def __init__(
        self, club: Club, speech_id: str, permit: Permit, owner: uuid.UUID, utterances: int
    ) -> None:
        self.club = club
        self.speech_id = speech_id
        self.permit = permit
        self.owner = owner
        # Called where the database does not answer: what was asked of it is done later.
        self.late: Callable[[], None] = lambda: None
        self._utterances = utterances

    def _mine(self) -> QuerySet[Speech]:
        """The row, while no newer connection has taken it over."""
        return Speech.objects.filter(club=self.club, pk=self.speech_id, owner=self.owner)

    def _speech(self) -> Speech:
        return speech_of(self.club, self.speech_id)

    def _runs(self) -> QuerySet[Run]:
        return Run.objects.filter(club=self.club, speech_id=self.speech_id)

    @apart
    def record_consent(self, consent: Consent) -> tuple[str, ...]:
        """Add to the consent log, and note it with the speech.

        Returns what counts as a filler with this speaker besides.
        """
        speaker = speaker_id_for(self.club, self._speech(), consent.speaker_name)
        with transaction.atomic():
            self._log_consent(consent)
            self._mine().update(
                speaker=speaker,
                speaker_name=consent.speaker_name,
                consent_confirmed=consent.consent_confirmed,
                consent_at=datetime.fromisoformat(consent.consent_timestamp),
            )
        return own_fillers_of(self.club, speaker)

    def _log_consent(self, consent: Consent) -> None:
        recorded_at = datetime.fromisoformat(consent.consent_timestamp)
        events = ConsentEvent.objects.filter(club=self.club, speech_id=self.speech_id)
        if events.filter(recorded_at=recorded_at, confirmed=consent.consent_confirmed).exists():
            # The answer to the commit was lost, and not the commit.
            return
        shown = shown_consent(self.club)
        ConsentEvent.objects.create(
            club=self.club,
            speech_id=self.speech_id,
            speaker_id=speaker_id_for(self.club, self._speech(), consent.speaker_name),
            speaker_name=consent.speaker_name,
            confirmed=consent.consent_confirmed,
            text_version=shown.version,
            text=shown.text,
            recorded_by=self.permit.user_id,
            recorded_at=recorded_at,
        )

    @apart
    def save_setup(self, setup: Setup) -> None:
        """Keep with the speech what was agreed."""
        self._mine().update(
            title=setup.project.speech_title,
            project_type=setup.project.project_type,
            objectives=list(setup.project.objectives),
            time_limit_seconds=setup.time_limit_seconds,
        )

    @apart
    def save_snapshot(self, snapshot: Snapshot) -> bool:
        """Keep the session for whoever goes on with it; of its utterances, those that are new.

        False when somebody else has the session by now: nothing was kept.
        """
        session = snapshot.model_dump(mode="json", by_alias=True, exclude={"finished"})
        with transaction.atomic():
            if mine := bool(self._mine().update(session=session, seen_at=timezone.now())):
                self._save_utterances(snapshot.finished)
        return mine

    def _save_utterances(self, finished: tuple[Segment, ...]) -> None:
        kept = LiveUtterance.objects.filter(club=self.club, speech_id=self.speech_id)
        if len(finished) < self._utterances:
            # Another recording, or one that hears its last utterances again after a resume.
            kept.filter(position__gte=len(finished)).delete()
            self._utterances = len(finished)
        LiveUtterance.objects.bulk_create(
            LiveUtterance(
                club=self.club,
                speech_id=self.speech_id,
                position=position,
                segment=finished[position].model_dump(mode="json", by_alias=True),
            )
            for position in range(self._utterances, len(finished))
        )
        self._utterances = len(finished)

    @apart
    def beat(self) -> bool:
        """Say that the session has its client; False when somebody else has the session by now.

        Raises:
            NotFoundError: the speech is gone.
        """
        mine = bool(self._mine().update(seen_at=timezone.now()))
        if not mine:
            self._speech()
        return mine

    @apart
    def require_permit(self) -> None:
        """Raises ``SignedOutError`` or ``ForbiddenError`` when the operator may be here no more."""
        require_permit(self.permit)

    @apart
    def erase(self, consent: Consent) -> None:
        """Erase everything of this speech, saved or not, and forget who has its place.

        The consent log notes the withdrawal.
        """
        with transaction.atomic():
            self._log_consent(consent)
            self._runs().delete()
            for table in (Upload, EvaluatorNote):
                table.objects.filter(club=self.club, speech_id=self.speech_id).delete()
            self._save_utterances(())
            rows.forget_unsaved_bars(self.club, self.speech_id)
            agenda.empty(AgendaSlot.objects.filter(club=self.club, speech_id=self.speech_id))
            Speech.objects.filter(club=self.club, pk=self.speech_id).update(**Speech.WITHDRAWN)

    @apart
    def enter(self, state: SessionState) -> None:
        """Note the state; where a session rests with data, its purge clock starts anew."""
        rests = state is SessionState.IDLE
        self._mine().update(state=state, purge_after=self._purge_time() if rests else None)

    @apart
    def touch(self) -> None:
        """An operator's action: the purge clock of a resting session starts anew."""
        self._mine().filter(purge_after__isnull=False).update(purge_after=self._purge_time())

    def _purge_time(self) -> datetime:
        policy = RetentionPolicy.of(self.club)
        return timezone.now() + timedelta(seconds=policy.auto_purge_seconds)

    @apart
    def begin_recording(self, run_id: int) -> None:
        """A new recording replaces what was not saved of older ones."""
        with transaction.atomic():
            if self._mine().update(run_id=run_id, recorded_at=timezone.now()):
                self._runs().filter(saved_at__isnull=True).delete()
                self._save_utterances(())
                rows.forget_unsaved_bars(self.club, self.speech_id)

    @apart
    def keep_bars(self, number: int, mark: Mark, bars: list[str]) -> None:
        """Keep the bars (as JSON) of a recording that has ended, and that run ``number`` is of."""
        if self._mine().exists():
            rows.keep_bars(self.club, self.speech_id, number, mark, bars)

    @apart
    def cancel_runs(self, up_to: int) -> None:
        """Older runs commit nothing more."""
        with transaction.atomic():
            if self._mine().update(run_id=up_to + 1):
                older = self._runs().filter(_OPEN_RUN, number__lte=up_to)
                older.update(status=Run.Status.CANCELLED)

    @apart
    def request_evaluation(self, asked: RequestEvaluation, setup: Setup, live_engine: str) -> None:
        """Queue a run, or queue a failed one again; nothing once somebody else has the session."""
        speech = self._speech()
        if speech.owner != self.owner:
            return
        request = run_request(speech, asked, setup, live_engine)
        request_run(self.club, self.speech_id, asked.run_id, asked.samples, request)

    @apart
    def run_view(self, run_id: int) -> RunView | None:
        """Where a run is; the transcript as soon as it is known."""
        run = self._runs().filter(number=run_id).first()
        if run is None or not run.stage or run.status == Run.Status.CANCELLED:
            return None
        scripted, done = outputs.scripted_of(run), run.status == Run.Status.READY
        return RunView(
            run_id=run.number,
            stage=ShownStage(run.stage),
            message=run.message or None,
            transcript=outputs.transcript_of(run),
            too_short=run.status == Run.Status.TOO_SHORT,
            script_seconds=scripted.estimated_seconds if scripted else None,
            engines=EngineNames(**asdict(outputs.served_by(run))) if done else None,
        )

    @apart
    def delivery(self, run_id: int) -> Delivery:
        """Evaluation and sound of a finished run.

        Raises:
            NotFoundError: the run has none (any more).
        """
        run = self._runs().filter(number=run_id, status=Run.Status.READY).first()
        scripted = outputs.scripted_of(run) if run else None
        if run is None or scripted is None:
            raise NotFoundError("The evaluation is no longer there.")
        sound = outputs.sound_of(run)
        return Delivery(
            run_id=run_id,
            evaluation=scripted.evaluation,
            script=scripted.script,
            audio=sound.data if sound else None,
            audio_seconds=sound.seconds if sound else 0.0,
            roles=outputs.roles_of(run),
        )

    @apart
    def keep_outputs(self, run_id: int, notes: str) -> OutputsSaved:
        """Save a finished run for good, with the notes there are by now.

        Says where its files are, and what is in them.

        Raises:
            NotFoundError: there is nothing to save (any more).
        """
        run = self._runs().filter(number=run_id, status__in=_SETTLED).first()
        if run is None:
            raise NotFoundError("There is nothing to save any more.")
        kept = outputs.keep(run, notes=notes)
        return OutputsSaved(
            paths=tuple(
                reverse("file", args=[self.club.slug, self.speech_id, run_id, file.name])
                for file in kept
            ),
            files=tuple(as_message(file.name, bytes(file.content)) for file in kept),
        )
