"""Facts of a speech, as a role is told them."""

from dataclasses import replace

from evaluations.core.metrics import measure
from evaluations.core.series import AudioSeries
from evaluations.core.shapes import Brief, MeetingFacts, ProjectContext
from evaluations.roles import RoleFacts
from tests.evaluations.speeches import spoken


def facts_of(transcript, project_type="", engine="deepgram", word_of_the_day="", planned=None):
    end = transcript.words[-1].end_time if transcript.words else 0
    return RoleFacts(
        brief=Brief(speaker_name="Ana", project=ProjectContext(project_type=project_type)),
        transcript=transcript,
        metrics=measure(transcript, AudioSeries(end + 1), {"transcript": engine}),
        meeting=MeetingFacts(word_of_the_day=word_of_the_day, planned_seconds=planned),
    )


def facts(text, confidence=0.95, **told):
    return facts_of(spoken(text, confidence), **told)


def lasting(seconds, project_type="", planned=None):
    """Facts of a speech of just so many seconds, as its timer is told them."""
    told = facts("one two three four", project_type=project_type, planned=planned)
    metrics = told.metrics.model_copy(update={"duration_seconds": float(seconds)})
    return replace(told, metrics=metrics)


def content_of(result, heading):
    return next(part.content for part in result.report.sections if part.heading == heading)


def headings(result):
    return [part.heading for part in result.report.sections]


def everything(result):
    parts = [f"{part.heading}\n{part.content}" for part in result.report.sections]
    return "\n".join([result.report.title, *parts, result.script])
