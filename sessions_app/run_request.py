"""What an evaluation is asked for: what was agreed, what was heard live, what the agenda says."""

from evaluations.core.shapes import Brief
from evaluations.own_fillers import own_fillers_of
from evaluations.pipeline import LiveTranscriptShape, RunRequest
from sessions_app.core.effects import RequestEvaluation
from sessions_app.core.setup import Setup
from sessions_app.files import context_files, key_terms
from sessions_app.meetings.agenda import facts_of
from sessions_app.models import Speech


def run_request(
    speech: Speech, asked: RequestEvaluation, setup: Setup, live_engine: str
) -> RunRequest:
    """All that a run of ``speech`` is asked. Needs the club's scope."""
    meeting = facts_of(speech)
    return RunRequest(
        brief=Brief(
            speaker_name=speech.speaker_name,
            project=setup.project,
            time_limit_seconds=setup.time_limit_seconds,
            style=setup.style,
            notes=setup.notes,
            roles=setup.roles,
        ),
        live=LiveTranscriptShape(
            segments=asked.live_segments,
            complete_samples=asked.live_complete_samples,
            engine=live_engine,
        ),
        key_terms=key_terms(speech, meeting),
        context_files=context_files(speech),
        meeting=meeting,
        own_fillers=own_fillers_of(speech.club, speech.speaker_id),
    )
