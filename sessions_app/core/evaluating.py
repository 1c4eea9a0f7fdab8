"""From Stop to saved: the evaluation on its way, its delivery, its replay, its files."""

from evaluations.core.shapes import Segment
from evaluations.core.stages import ShownStage
from sessions_app.contract import messages as m
from sessions_app.core import effects as fx
from sessions_app.core.capturing import Capturing
from sessions_app.core.config import SessionConfig
from sessions_app.core.run_view import Delivery, EvaluationState, RunView
from sessions_app.core.setup import Setup


class Evaluating(Capturing):
    """A session whose recording can be evaluated."""

    def __init__(self, config: SessionConfig, setup: Setup, now: float) -> None:
        super().__init__(config, setup, now)
        self.evaluation = EvaluationState()
        self._transcript: tuple[Segment, ...] | None = None

    def _start(self, now: float) -> None:
        if self._may_start(now):
            self._invalidate()
            self.evaluation = EvaluationState()
            self._transcript = None
            self._script_seconds = None
            self._begin(now)

    def _stop(self) -> None:
        self.evaluation = EvaluationState()
        super()._stop()
        self._show_stage(ShownStage.PROCESSING_SPEECH)

    def capture_finished(self, run_id: int) -> None:
        """The live transcription has said all it will say of this recording."""
        if run_id != self.run_id or self.state is not m.SessionState.PROCESSING:
            return
        self._capturing = False
        self._send(m.AudioAck(received_samples=self._recording.kept))
        self._request()

    def _request(self) -> None:
        """Ask for the evaluation of what was captured; older runs commit nothing more."""
        self.changed = True
        self.evaluation.requested = True
        recording = self._recording
        self._do(
            fx.RequestEvaluation(
                run_id=self.run_id,
                # What was refused was counted too, and is not in the vault.
                samples=recording.samples if recording.accepting else recording.kept,
                live_segments=recording.live.finished,
                live_complete_samples=recording.heard,
            )
        )

    def request_failed(self, run_id: int) -> None:
        """The evaluation could not be asked for: nobody works on it."""
        if run_id == self.run_id and self.awaits_run:
            self.evaluation.deliver_asked = False
            self._show_stage(ShownStage.FAILED, "The evaluation could not be started.")

    def _process_captured(self) -> None:
        if self.state is not m.SessionState.IDLE:
            self._refuse_state("what was captured can be processed only from idle")
        elif not self.setup.consented:
            self._refuse("Nothing can be evaluated: consent has not been confirmed.")
        elif not self.samples:
            self._refuse("No captured audio: there is nothing to evaluate.")
        else:
            self._invalidate()
            self._stop()

    def run_changed(self, view: RunView) -> None:
        """Take what the row says of a run; older runs say nothing."""
        if view.run_id != self.run_id or self.state is not m.SessionState.PROCESSING:
            return
        current = self.evaluation
        if view.transcript is not None and not current.transcript_sent:
            current.transcript_sent = True
            self._transcript = view.transcript.segments
            self.changed = True
            self._send(m.TranscriptUpdate(segments=view.transcript.segments, replace_from_index=0))
        current.engines = view.engines
        self._show_stage(view.stage, view.message)
        if view.stage is ShownStage.READY:
            self._is_ready(view.script_seconds)
        elif view.stage is ShownStage.FAILED:
            current.deliver_asked = False
            self.changed = True
            if view.too_short:
                current.kept_run = view.run_id
                self._go(m.SessionState.IDLE)
            else:
                self._refuse(
                    view.message
                    or "The evaluation failed. Deliver tries it again; nothing is lost."
                )

    def _is_ready(self, script_seconds: float | None) -> None:
        if script_seconds is not None and script_seconds != self._script_seconds:
            self._script_seconds = script_seconds
            self.changed = True
            self._send(self._estimate())
        if self.evaluation.deliver_asked:
            self._do(fx.LoadDelivery(self.run_id))

    def _show_stage(self, stage: ShownStage, message: str | None = None) -> None:
        if stage is not self.evaluation.stage:
            self.evaluation.stage = stage
            self.changed = True
            self._send(
                m.PipelineProgress(
                    stage=stage,
                    run_id=self.run_id,
                    message=message,
                    engines=self.evaluation.engines if stage is ShownStage.READY else None,
                )
            )

    def _set_time_limit(self, message: m.SetTimeLimit) -> None:
        # Before there is a script, it is being fitted to the limit that was.
        longest = self._script_seconds or self.setup.time_limit_seconds
        if self._take_time_limit(message) and longest > message.seconds:
            self._prepare_again()

    def _set_roles(self, message: m.SetActiveRoles) -> None:
        if self._take_roles(message):
            self._prepare_again()

    def _prepare_again(self) -> None:
        """The evaluation being prepared no longer fits what is asked of it."""
        if self.state is not m.SessionState.PROCESSING or not self.evaluation.requested:
            return
        asked = self.evaluation.deliver_asked
        self._invalidate()
        self._script_seconds = None
        self.evaluation = EvaluationState(deliver_asked=asked, transcript_sent=True)
        self._show_stage(ShownStage.INVALIDATED)
        self._show_stage(ShownStage.PROCESSING_SPEECH)
        self._request()

    def _deliver(self) -> None:
        current = self.evaluation
        if self.state is m.SessionState.DELIVERING or current.deliver_asked:
            return
        if self.state is not m.SessionState.PROCESSING:
            self._refuse_state("there is nothing to deliver")
            return
        current.deliver_asked = True
        if current.stage is ShownStage.READY:
            self._do(fx.LoadDelivery(self.run_id))
        elif current.stage is ShownStage.FAILED:
            self._show_stage(ShownStage.PROCESSING_SPEECH)
            self._request()

    def _replay(self) -> None:
        if self.state is not m.SessionState.IDLE:
            self._refuse_state("an evaluation can be replayed only from idle")
        elif self.evaluation.spoken_run is None:
            self._refuse("No TTS audio available for replay.")
        elif not self.evaluation.deliver_asked:
            self.evaluation.deliver_asked = True
            self._do(fx.LoadDelivery(self.evaluation.spoken_run))

    def _take_up(self) -> None:
        """Ask again for what was on its way when the session was lost."""
        current = self.evaluation
        loadable = self.state is m.SessionState.IDLE or current.stage is ShownStage.READY
        if current.deliver_asked and loadable:
            self._do(fx.LoadDelivery(self.run_id))
        if current.saving and current.kept_run is not None:
            self._do(fx.KeepOutputs(current.kept_run))

    def delivery_loaded(self, delivery: Delivery, now: float) -> None:
        """Evaluation and audio are at hand: deliver them, unless they are no longer wanted."""
        self.changed = True
        if delivery.run_id != self.run_id or not self.evaluation.deliver_asked:
            return
        self.evaluation.deliver_asked = False
        if self.state is m.SessionState.PROCESSING:
            self.evaluation.kept_run = self.run_id
            self._go(m.SessionState.DELIVERING)
            self._send(m.EvaluationReady(evaluation=delivery.evaluation, script=delivery.script))
            if delivery.roles:
                self._send(m.RoleResults(results=delivery.roles))
            self._play(delivery, now)
        elif self.state is m.SessionState.IDLE and delivery.audio is not None:
            self._go(m.SessionState.DELIVERING)
            self._play(delivery, now)

    def shown_again(self, delivery: Delivery) -> None:
        """A delivered evaluation for a page that is back; its sound is not played again."""
        self._send(m.EvaluationReady(evaluation=delivery.evaluation, script=delivery.script))
        if delivery.roles:
            self._send(m.RoleResults(results=delivery.roles))

    def _play(self, delivery: Delivery, now: float) -> None:
        if delivery.audio is None:
            self._refuse("There is no sound for this evaluation; its text is complete.")
            self._delivered(now)
            return
        self.evaluation.spoken_run = delivery.run_id
        self._do(fx.SendAudio(delivery.audio))
        self._send(m.TtsComplete())
        grace = self.limits.playback_grace_seconds
        self.evaluation.delivery_ends_at = now + delivery.audio_seconds + grace

    def delivery_failed(self, run_id: int, sentence: str) -> None:
        """The evaluation could not be loaded; the click may be repeated."""
        self.changed = True
        if run_id == self.run_id and self.evaluation.deliver_asked:
            self.evaluation.deliver_asked = False
            self._refuse(sentence)

    def _tick_delivering(self, now: float) -> None:
        ends_at = self.evaluation.delivery_ends_at
        if ends_at is None or now >= ends_at:
            self._delivered(now)

    def _delivered(self, now: float) -> None:
        self.evaluation.delivery_ends_at = None
        self._cool_down_until = now + self.limits.cool_down_seconds
        self._go(m.SessionState.IDLE)

    def _save(self) -> None:
        kept = self.evaluation.kept_run
        if self.evaluation.saving:
            return
        if self.state is not m.SessionState.IDLE or kept is None:
            self._refuse("No session data: an evaluation must have been delivered before saving.")
            return
        self.evaluation.saving = True
        self._do(fx.KeepOutputs(kept))

    def outputs_saved(self, run_id: int, saved: m.OutputsSaved) -> None:
        """The outputs are saved for good."""
        self.changed = True
        self.evaluation.saving = False
        if run_id == self.evaluation.kept_run:
            self._send(saved)

    def step_failed(self, sentence: str) -> None:
        """Something the shell was asked for failed; clicks may be repeated."""
        self.changed = True
        self.evaluation.saving = False
        self.evaluation.deliver_asked = False
        self._refuse(sentence)

    def storing_late(self) -> None:
        """The shell goes on trying to store what it was asked to."""
        self._refuse(
            "The server cannot store anything just now. The session goes on; "
            "it is stored as soon as the server can."
        )

    @property
    def awaits_run(self) -> bool:
        """Whether an evaluation is on its way."""
        settled = self.evaluation.stage in {ShownStage.READY, ShownStage.FAILED}
        return self.state is m.SessionState.PROCESSING and not settled

    def _invalidate(self) -> None:
        """A new run: what still works for the old ones commits nothing."""
        self._do(fx.CancelRun(self.run_id))
        self.run_id += 1
