"""What a client knows of its session, from the messages it has received."""

from dataclasses import dataclass, field

from evaluations.core.shapes import Evaluation, Segment
from evaluations.core.stages import ShownStage
from sessions_app.contract import messages as m


@dataclass(slots=True)
class SessionView:
    """Grows with every frame. ``been`` and ``refusals`` are emptied by who waits for them."""

    state: m.SessionState | None = None
    been: set[m.SessionState] = field(default_factory=set)
    info: m.SessionInfo | None = None
    consent: m.Consent | None = None
    segments: list[Segment] = field(default_factory=list)
    elapsed: int = 0
    acknowledged: int = 0
    stage: ShownStage | None = None
    stage_message: str | None = None
    refusals: list[str] = field(default_factory=list)
    audio_refusal: str | None = None
    evaluation: Evaluation | None = None
    script: str | None = None
    audio: bytes | None = None
    spoken: bool = False
    saved: m.OutputsSaved | None = None
    types: dict[str, int] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Whether the evaluation is ready, or will not be."""
        return self.stage in {ShownStage.READY, ShownStage.FAILED}

    def take_audio(self, audio: bytes) -> None:
        """Take a binary frame: the spoken evaluation."""
        self.count("tts_audio")
        self.audio = audio

    def count(self, kind: str) -> None:
        """Note that a frame of this type came; unknown types are only noted."""
        self.types[kind] = self.types.get(kind, 0) + 1

    def take(self, message: m.ServerMessage) -> None:
        """Take a text frame."""
        self.count(message.type)
        match message:
            case m.StateChange():
                self.state = message.state
                self.been.add(message.state)
            case m.SessionInfo():
                self.info = message
            case m.ConsentStatus():
                self.consent = message.consent
            case m.TranscriptUpdate():
                self.segments[message.replace_from_index :] = message.segments
            case m.ElapsedTime():
                self.elapsed = message.seconds
            case m.AudioAck():
                self.acknowledged = message.received_samples
            case m.PipelineProgress():
                self.stage, self.stage_message = message.stage, message.message
            case m.ErrorMessage():
                self.refusals.append(message.message)
            case m.AudioFormatError():
                self.audio_refusal = message.message
            case m.EvaluationReady():
                self.evaluation, self.script = message.evaluation, message.script
            case m.TtsComplete():
                self.spoken = True
            case m.OutputsSaved():
                self.saved = message
            case _:
                pass
