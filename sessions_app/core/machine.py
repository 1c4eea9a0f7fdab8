"""The session: what a client may do when, and what follows. Pure; see ``effects`` for what it asks.

Feed it with ``receive*`` and ``tick``, then carry out ``effects()`` in order. It never raises at a
stranger, never reads a clock (inputs bring ``now``, in seconds of a monotonic clock) and gives the
same events however the samples were cut. It is made of layers, each a file: ``states``,
``preparing``, ``capturing``, ``evaluating``; here they meet.
"""

from datetime import UTC, datetime
from typing import Self

from evaluations.core.stages import ShownStage
from sessions_app.contract import messages as m
from sessions_app.core import effects as fx
from sessions_app.core.config import SessionConfig
from sessions_app.core.evaluating import Evaluating
from sessions_app.core.run_view import EvaluationState
from sessions_app.core.setup import Setup
from sessions_app.core.snapshot import Snapshot


class SessionMachine(Evaluating):
    """One speech session.

    Args:
        config: what the deployment configures.
        setup: consent on record, and the context the speech was created with.
        now: seconds of the monotonic clock that every input brings.
        wall: seconds since the epoch at ``now``.
        run_id: the highest run the speech has had.
    """

    def __init__(
        self, config: SessionConfig, setup: Setup, *, now: float, wall: float, run_id: int = 0
    ) -> None:
        super().__init__(config, setup, now)
        self.run_id = run_id
        self._wall_offset = wall - now

    # Going on from a snapshot

    @classmethod
    def restore(
        cls, config: SessionConfig, snapshot: Snapshot, *, samples: int, now: float, wall: float
    ) -> Self:
        """Take a session up where it was left; ``samples`` are in the vault.

        A recording goes on, and so does its clock; what was captured may be evaluated.
        """
        machine = cls(config, snapshot.setup, now=now, wall=wall, run_id=snapshot.run_id)
        offset = machine._wall_offset
        machine.state = snapshot.state
        machine._recording = machine._new_recording(snapshot.started_at - offset)
        machine._recording.go_on(samples, snapshot.heard, snapshot.finished, now)
        machine._recording.accepting = snapshot.accepting
        machine.evaluation = snapshot.evaluation
        machine._transcript = snapshot.transcript
        machine._script_seconds = snapshot.script_seconds
        machine._cool_down_until = snapshot.cool_down_until - offset
        if snapshot.delivery_ends_at is not None:
            machine.evaluation.delivery_ends_at = snapshot.delivery_ends_at - offset
        return machine

    def snapshot(self) -> Snapshot:
        """The session as another process would need it."""
        self.changed = self.heard_more = False
        recording, offset = self._recording, self._wall_offset
        ends_at = self.evaluation.delivery_ends_at
        # ``_capturing`` lasts until the last samples lie in the vault.
        stopping = self.state is m.SessionState.PROCESSING and self._capturing
        return Snapshot(
            state=m.SessionState.RECORDING if stopping else self.state,
            run_id=self.run_id,
            setup=self.setup.model_copy(),
            evaluation=self.evaluation.model_copy(),
            script_seconds=self._script_seconds,
            started_at=recording.arrival.started_at + offset,
            samples=recording.samples,
            heard=recording.heard,
            finished=recording.live.finished,
            transcript=self._transcript,
            accepting=recording.accepting,
            cool_down_until=max(0.0, self._cool_down_until + offset),
            delivery_ends_at=None if ends_at is None else ends_at + offset,
        )

    # Input: the connection

    def opened(self, info: m.SessionInfo) -> None:
        """A client opens a fresh session; it hears the state first."""
        self._send(m.StateChange(state=self.state))
        self._send(self._described(info))
        if self.setup.consent is not None:
            self._send(m.ConsentStatus(consent=self.setup.consent))

    def _described(self, info: m.SessionInfo) -> m.SessionInfo:
        waits = self.state is m.SessionState.IDLE and self.evaluation.kept_run is None
        captured = self.samples if waits else 0
        return info.model_copy(update={"captured_samples": captured, "notes": self.setup.notes})

    def resumed(self, info: m.SessionInfo) -> None:
        """A client is back; it hears all that its screen needs to look as it did."""
        self._send(m.StateChange(state=self.state))
        self._send(m.SessionResumed(session_id=info.session_id, received_samples=self.samples))
        self._send(m.StateChange(state=self.state))
        self._send(self._described(info))
        self._send(m.ConsentStatus(consent=self.setup.consent))
        live = self._recording.live.finished
        segments = live if self._transcript is None else self._transcript
        self._send(m.TranscriptUpdate(segments=segments, replace_from_index=0))
        if self.state is m.SessionState.RECORDING:
            self._capturing = True
            self._do(fx.GoOnCapturing(self._recording.heard))
        elif self.state is m.SessionState.PROCESSING:
            self._resume_processing()
        delivered = self.evaluation.kept_run
        if delivered == self.run_id and self.evaluation.stage is ShownStage.READY:
            self._do(fx.ShowEvaluation(self.run_id))
        if self._script_seconds is not None:
            self._send(self._estimate())
        self._take_up()

    def _resume_processing(self) -> None:
        stage = self.evaluation.stage
        if stage is not None:
            served = self.evaluation.engines
            self._send(m.PipelineProgress(stage=stage, run_id=self.run_id, engines=served))
        if not self.evaluation.requested:
            self._do(fx.FinishCapture(self.run_id))
        elif self.awaits_run:
            # Whoever worked on it may be gone; who still does is not disturbed.
            self._request()

    def receive(self, message: m.ClientMessage, now: float) -> None:
        """Act on a message of the client."""
        self.changed = True
        match message:
            case m.PanicMute():
                self._panic()
            case m.RevokeConsent():
                self._revoke(now)
            case m.StartRecording():
                self._start(now)
            case m.StopRecording():
                if self.state is m.SessionState.RECORDING:
                    self._stop()
                else:
                    self._refuse_state("there is no recording to stop")
            case m.DeliverEvaluation():
                self._deliver()
            case m.ReplayTts():
                self._replay()
            case m.ProcessCaptured():
                self._process_captured()
            case m.SaveOutputs():
                self._save()
            case m.PlaybackFinished():
                # A late or second one is normal: the server's own timer may have been first.
                if self.state is m.SessionState.DELIVERING:
                    self._delivered(now)
            case m.AudioChunk():
                sentence = "audio_chunk: audio is sent as binary frames of PCM16LE, not as JSON."
                self.receive_malformed(sentence, now)
            case _:
                self._receive_setup(message, now)

    def _receive_setup(self, message: m.ClientMessage, now: float) -> None:
        match message:
            case m.AudioFormatMessage():
                self._audio_format(message)
            case m.SetProjectContext():
                self._set_project(message)
            case m.SetVadConfig():
                self._set_vad(message)
            case m.SetConsent():
                self._set_consent(message, self._wall_offset + now)
            case m.SetTimeLimit():
                self._set_time_limit(message)
            case m.SetEvaluationStyle():
                self._set_style(message)
            case m.SetActiveRoles():
                self._set_roles(message)
            case m.SetSessionMode():
                self._set_mode(message)
            case m.SetNotes():
                self._set_notes(message)

    # Input: ends

    def parted(self) -> None:
        """The client is gone. The session stays as it is until it is resumed or abandoned."""
        self._stop_capturing()

    def consent_failed(self, consent: m.Consent) -> None:
        """``consent`` could not be recorded: it does not hold, and nothing goes on by it."""
        if self.setup.consent == consent:
            self.setup.consent = None
            self.changed = True
            if self.state is not m.SessionState.IDLE:
                self._panic()

    def _panic(self) -> None:
        self._stop_capturing()
        if self.state is m.SessionState.PROCESSING:
            self._invalidate()
            self.evaluation = EvaluationState()
            self._show_stage(ShownStage.INVALIDATED)
        self.evaluation.deliver_asked = False
        self.evaluation.delivery_ends_at = None
        self._go(m.SessionState.IDLE)

    def _revoke(self, now: float) -> None:
        self._stop_capturing()
        self._invalidate()
        moment = datetime.fromtimestamp(self._wall_offset + now, tz=UTC)
        name = self.setup.consent.speaker_name if self.setup.consent else ""
        self.setup.consent = None
        self.setup.own_fillers = ()
        # Audio that is still on its way is dropped from now on; idle is said when all is erased.
        self.state = m.SessionState.IDLE
        self._do(
            fx.Erase(
                m.Consent(
                    speaker_name=name,
                    consent_confirmed=False,
                    consent_timestamp=moment.isoformat(timespec="milliseconds"),
                )
            )
        )

    def erased(self, now: float) -> None:
        """Everything of this speech is erased."""
        self._forget(now)
        self._send(m.DataPurged(reason="opt_out"))
        self._send(m.ConsentStatus(consent=self.setup.consent))
        self._go(m.SessionState.IDLE)

    def purged(self, now: float) -> None:
        """What was not saved has been purged, its time being over."""
        self._invalidate()
        self._forget(now)
        self._send(m.DataPurged(reason="auto_purge"))
        if self.state is not m.SessionState.IDLE:
            self._go(m.SessionState.IDLE)

    def _forget(self, now: float) -> None:
        self._stop_capturing()
        self._recording = self._new_recording(now)
        self.evaluation = EvaluationState()
        self._transcript = None
        self._script_seconds = None
        self.setup.forget()
        self.changed = True

    def tick(self, now: float) -> None:
        """Let time pass: clocks, acknowledgements and guards. Call it a few times a second."""
        match self.state:
            case m.SessionState.RECORDING:
                self._tick_recording(now)
            case m.SessionState.DELIVERING:
                self._tick_delivering(now)
            case _:
                pass
