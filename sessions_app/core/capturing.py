"""Recording: samples in, captions and level out, until it is stopped."""

from evaluations.core.shapes import Segment
from sessions_app.contract import messages as m
from sessions_app.core import effects as fx
from sessions_app.core.config import SessionConfig
from sessions_app.core.cues import Cues
from sessions_app.core.preparing import Preparing
from sessions_app.core.recording import Recording
from sessions_app.core.setup import Setup
from sessions_app.core.vad import Vad
from sessions_app.transcription import Hypothesis, SpeechEvent


class Capturing(Preparing):
    """A session that can record."""

    def __init__(self, config: SessionConfig, setup: Setup, now: float) -> None:
        super().__init__(config, setup)
        self.limits = config.limits
        self.run_id = 0
        self._recording = self._new_recording(now)
        self._capturing = False
        self._cool_down_until = float("-inf")

    def _new_recording(self, started_at: float) -> Recording:
        detector, setup = self.config.make_detector(), self.setup
        vad = Vad(detector, setup.silence_seconds, enabled=setup.suggests_stop)
        cues = Cues(self.own_fillers) if setup.mode == "practice" else None
        return Recording(self.limits, vad, started_at, cues=cues)

    def own_fillers(self) -> tuple[str, ...]:
        """What the club and the speaker count as fillers; another speaker brings others."""
        return self.setup.own_fillers

    @property
    def samples(self) -> int:
        """How many samples of this recording were captured."""
        return self._recording.samples

    @property
    def heard_so_far(self) -> tuple[tuple[Segment, ...], int]:
        """The live utterances of this recording, and the sample up to which they are all."""
        return self._recording.live.finished, self._recording.heard

    def _may_start(self, now: float) -> bool:
        if self.state is not m.SessionState.IDLE:
            self._refuse_state("a recording can start only from idle")
        elif not self.setup.handshake:
            sentence = "start_recording needs a valid audio_format handshake first."
            self._send(m.AudioFormatError(message=sentence))
        elif not self.setup.consented:
            self._refuse("Recording cannot start: consent has not been confirmed by the speaker.")
        elif now < self._cool_down_until:
            self._refuse("The evaluation was just played; recording can start in a moment.")
        else:
            return True
        return False

    def _begin(self, now: float) -> None:
        self._recording = self._new_recording(now)
        self._capturing = True
        self._do(fx.BeginCapture(self.run_id))
        self._go(m.SessionState.RECORDING)

    def receive_audio(self, pcm: bytes, now: float) -> None:
        """Take a binary frame: PCM16LE mono 16 kHz, any even length up to 64 KiB."""
        if self.state is not m.SessionState.RECORDING:
            self._outside_recording()
            return
        recording = self._recording
        if not recording.accepting:
            return
        if sentence := recording.refusal(pcm, now):
            self._stop_accepting(sentence)
            return
        taken = recording.take(pcm, now)
        if taken.irregular:
            self._do(fx.Warn("arrival_jitter", taken.irregular))
        if taken.pcm:
            self._do(fx.Capture(taken.start, taken.pcm))
            self._effects.extend(fx.Send(message) for message in recording.listen(taken.pcm))
        if taken.full:
            minutes = self.limits.max_speech_seconds // 60
            self._refuse(f"The longest speech is {minutes} minutes: the recording was stopped.")
            self._stop()

    def _stop_accepting(self, sentence: str) -> None:
        self._recording.accepting = False
        self.changed = True
        self._send(m.AudioFormatError(message=f"{sentence} What was captured before is kept."))

    def audio_refused(self, sentence: str) -> None:
        """The shell cannot keep more audio."""
        if self._recording.accepting and self.state is m.SessionState.RECORDING:
            self._stop_accepting(sentence)

    def receive_speech(self, event: SpeechEvent) -> None:
        """Take what the live transcription heard."""
        if self._capturing:
            # A hypothesis is no part of the snapshot.
            self.heard_more = self.heard_more or not isinstance(event, Hypothesis)
            self._effects.extend(fx.Send(message) for message in self._recording.hear(event))

    def audio_kept(self, samples: int) -> None:
        """The vault keeps the first ``samples`` samples."""
        self._recording.kept = max(self._recording.kept, samples)

    def _stop(self) -> None:
        """Stop as the operator, the longest speech or a lost microphone asks for; one path."""
        self._do(fx.FinishCapture(self.run_id))
        self._go(m.SessionState.PROCESSING)

    def _stop_capturing(self) -> None:
        if self._capturing:
            self._capturing = False
            self._do(fx.AbandonCapture())

    def _tick_recording(self, now: float) -> None:
        recording = self._recording
        seconds = recording.next_second(now)
        if seconds is not None:
            self._send(m.ElapsedTime(seconds=seconds))
            self._send(m.AudioAck(received_samples=recording.kept))
        match recording.stall(now):
            case "never started":
                self._refuse("No audio arrived from the microphone; the recording was ended.")
                self._stop_capturing()
                self._go(m.SessionState.IDLE)
            case "gap":
                self._refuse("No audio has arrived for a minute: the recording was stopped.")
                self._stop()
