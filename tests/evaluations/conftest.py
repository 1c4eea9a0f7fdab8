"""A run of a speech, in its club's scope."""

import subprocess
import sys

import pytest

from clubs.scoping import club_scope
from evaluations.core.shapes import Brief
from evaluations.models import Run
from evaluations.pipeline import LiveTranscriptShape, RenderedFile, RunRequest
from sessions_app.models import Speech


@pytest.fixture
def club(cast):
    with club_scope(cast.club):
        yield cast.club


@pytest.fixture
def run(club) -> Run:
    speech = Speech.objects.create(club=club, speaker_name="Ada", title="Trains", run_id=1)
    request = RunRequest(
        brief=Brief(speaker_name="Ada"),
        live=LiveTranscriptShape(),
        context_files=(
            RenderedFile(name="consent.json", content_type="application/json", text="{}"),
        ),
    )
    return Run.objects.create(
        club=club,
        speech=speech,
        number=1,
        samples=27 * 16_000,
        request=request.model_dump(mode="json", by_alias=True),
    )


@pytest.fixture
def ended() -> int:
    """The id of a process that there was."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid
