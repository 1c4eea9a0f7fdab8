"""A speech that was given, evaluated and saved, as rows; measured, but without an engine."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils import timezone

from clubs.models import Club
from clubs.scoping import club_scope
from evaluations.core.metrics import measure
from evaluations.core.script import FittedScript
from evaluations.core.series import SeriesBuilder
from evaluations.core.shapes import (
    Brief,
    Evaluation,
    Item,
    RoleReport,
    RoleResult,
    RoleSection,
    Segment,
    Shape,
    StructureCommentary,
    Transcript,
    Word,
)
from evaluations.models import Output, Run, StageResult
from evaluations.pipeline import LiveTranscriptShape, RoleReports, RunRequest
from sessions_app.models import Speech

LINES = (
    "Have you ever missed a train by ten seconds?",
    "It was a cold morning in March, and, um, I had packed, dressed and eaten in nine minutes.",
    "First, I blamed the clock, and then I blamed the driver.",
    "So here is my challenge to you: tomorrow, leave ten minutes early.",
)
SOUND = b"ID3 the spoken evaluation"
TITLE = "Ten minutes early"


def transcript(lines: Sequence[str] = LINES) -> Transcript:
    """A line in four seconds, two seconds between; its words share the time."""
    segments = []
    for number, line in enumerate(lines):
        start, texts = 6.0 * number, line.split()
        words = tuple(
            Word(
                word=text,
                start_time=start + 4 * place / len(texts),
                end_time=start + 4 * (place + 1) / len(texts),
                confidence=0.9,
            )
            for place, text in enumerate(texts)
        )
        segments.append(
            Segment(text=line, start_time=start, end_time=start + 4, words=words, is_final=True)
        )
    return Transcript(segments=tuple(segments))


def evaluation(said: Transcript) -> FittedScript:
    """One commendation and one recommendation, quoting the first line and the last."""
    first, last = said.segments[0], said.segments[-1]
    return FittedScript(
        evaluation=Evaluation(
            opening="Thank you for this speech.",
            items=(
                Item(
                    type="commendation",
                    summary="A question at the start",
                    explanation="It makes everybody remember a train of their own.",
                    evidence_quote=first.text,
                    evidence_timestamp=first.start_time,
                ),
                Item(
                    type="recommendation",
                    summary="Pause before the challenge",
                    explanation="The challenge then stands alone.",
                    evidence_quote=last.text,
                    evidence_timestamp=last.start_time + 1,
                ),
            ),
            closing="I look forward to your next speech.",
            structure_commentary=StructureCommentary(opening_comment="The opening asks."),
        ),
        script="Thank you for this speech. And so on.",
        estimated_seconds=4,
    )


REPORT = RoleResult(
    role_id="timer",
    role_name="Timer",
    report=RoleReport(
        title="Timer’s report",
        sections=(RoleSection(heading="Time", content="Green at 0:05.\nRed at 0:20."),),
    ),
    script="Green at five seconds.",
)


def keep_speech(club: Club, *, lines: Sequence[str] = LINES, **fields: Any) -> Speech:
    """A saved speech of ``club``; ``fields`` are the row's."""
    said = transcript(lines)
    series = SeriesBuilder()
    series.push(np.zeros(16_000 * 6 * len(lines), np.int16))
    results: dict[str, Shape] = {
        "transcript": said,
        "metrics": measure(said, series.finish(), {"transcript": "script"}),
        "script": evaluation(said),
        "roles": RoleReports(results=(REPORT,)),
    }
    with club_scope(club):
        speech = Speech.objects.create(
            club=club,
            **{
                "title": TITLE,
                "speaker_name": "Ada Lovelace",
                "project_type": "Ice breaker",
                "objectives": ["Finish with one clear thought"],
                "recorded_at": timezone.now(),
                **fields,
            },
        )
        run = Run.objects.create(
            club=club,
            speech=speech,
            number=1,
            status=Run.Status.READY,
            samples=16_000 * 6 * len(lines),
            request=RunRequest(
                brief=Brief(speaker_name=speech.speaker_name, project=speech.project),
                live=LiveTranscriptShape(),
            ).model_dump(mode="json", by_alias=True),
            saved_at=timezone.now(),
        )
        for stage, result in results.items():
            StageResult.objects.create(
                club=club,
                run=run,
                stage=stage,
                engine=f"{stage} engine",
                seconds=1,
                result=result.model_dump(mode="json", by_alias=True),
            )
        for name, content_type, content in (
            ("evaluation.txt", "text/plain", b"An evaluation in a file"),
            ("evaluation_audio.mp3", "audio/mpeg", SOUND),
        ):
            Output.objects.create(
                club=club,
                run=run,
                name=name,
                content_type=content_type,
                content=content,
                size=len(content),
            )
    return speech
