"""The values that travel between transcription, metrics, evaluation, page and file.

Every shape is defined here and nowhere else. On the wire and in files names are camelCase where
the contract says so; Python attributes are always snake_case. Times are seconds from the first
sample of the speech.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Shape(BaseModel):
    """An immutable value that refuses fields it does not know."""

    # Errors are logged, and inputs hold what people said.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class CamelShape(Shape):
    """A shape whose wire names are camelCase. Dump it with ``by_alias=True``."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


Seconds = Annotated[float, Field(ge=0)]


class Word(CamelShape):
    word: str
    start_time: Seconds
    end_time: Seconds
    confidence: Annotated[float, Field(ge=0, le=1)]
    speaker_id: str | None = None


class Segment(CamelShape):
    """One utterance. ``is_final`` says that its words will not change any more."""

    text: str
    start_time: Seconds
    end_time: Seconds
    words: tuple[Word, ...] = ()
    is_final: bool
    speaker_id: str | None = None


class Transcript(CamelShape):
    """The final transcript: final segments in order of time."""

    segments: tuple[Segment, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for segment in self.segments for word in segment.words)

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)


class Item(Shape):
    """One remark of an evaluation; the quote stands in the transcript, or it is not delivered."""

    type: Literal["commendation", "recommendation"]
    summary: str
    explanation: str
    evidence_quote: str
    evidence_timestamp: Seconds


class StructureCommentary(Shape):
    opening_comment: str | None = None
    body_comment: str | None = None
    closing_comment: str | None = None


class Evaluation(Shape):
    """An evaluation as it is stored and sent. Styles add ``style_items``."""

    opening: str
    items: tuple[Item, ...]
    closing: str
    structure_commentary: StructureCommentary = StructureCommentary()
    evaluation_style: str | None = None
    style_items: tuple[dict[str, str | float], ...] | None = None
    category_scores: dict[str, float] | None = None


class RoleSection(Shape):
    heading: str
    content: str


class RoleReport(Shape):
    title: str
    sections: tuple[RoleSection, ...]


class RoleResult(CamelShape):
    """What a meeting role has to say about a speech; ``script`` is how it is spoken."""

    role_id: str
    role_name: str
    report: RoleReport
    script: str


class ProjectContext(CamelShape):
    """What the speaker set out to do."""

    speech_title: Annotated[str, Field(max_length=200)] = ""
    project_type: Annotated[str, Field(max_length=100)] = ""
    objectives: Annotated[
        tuple[Annotated[str, Field(max_length=500)], ...], Field(max_length=10)
    ] = ()


class Brief(Shape):
    """What an evaluator is told beside transcript and metrics. No engine reads settings."""

    speaker_name: str
    project: ProjectContext = ProjectContext()
    time_limit_seconds: Annotated[int, Field(ge=30, le=600)] = 120
    style: str = "classic"
    notes: str = ""
    roles: tuple[str, ...] = ()


class MeetingFacts(Shape):
    """What the meeting adds that a speech is given in.

    ``word_of_the_day`` is "" where there is none; ``planned_seconds`` are the times of the green
    and the red light, where the agenda says them.
    """

    word_of_the_day: str = ""
    planned_seconds: tuple[int, int] | None = None


class AudioFormat(Shape):
    """Raw PCM16LE, mono. 16 kHz everywhere but in what a synthesizer gives."""

    sample_rate: int = 16_000
