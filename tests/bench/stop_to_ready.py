"""From Stop to a spoken evaluation, and from the click to its sound, with the built-in engines."""

import asyncio
import io
import sqlite3
import time
from datetime import UTC, datetime
from typing import Any

from clubs.demo import PASSWORD
from sessions_app.rehearsal.account import Account
from sessions_app.rehearsal.conversation import Conversation
from sessions_app.rehearsal.display import display_for
from sessions_app.rehearsal.own_server import OwnServer, own_server
from tests.bench import audio
from tests.bench.figures import rounded
from tests.bench.load import CLUB, OPERATOR

PATIENCE_SECONDS = 300.0

_RUN = "SELECT created_at, finished_at FROM evaluations_run ORDER BY id DESC LIMIT 1"
_STAGES = """
    SELECT stage, engine, seconds FROM evaluations_stageresult
    WHERE run_id = (SELECT max(id) FROM evaluations_run) ORDER BY id
"""


def stop_to_ready(minutes: int) -> dict[str, Any]:
    """A speech of so many minutes at the pace of a microphone, on an idle embedded server."""
    pcm = audio.spoken_minutes(minutes)
    with own_server({"REDIS_URL": "", "TRANSCRIBER": "builtin"}) as server:
        stopped, timings = asyncio.run(_speak(server, pcm))
        with sqlite3.connect(f"file:{server.data}/speechcoach.sqlite3?mode=ro", uri=True) as rows:
            begun, finished = map(_moment, rows.execute(_RUN).fetchone())
            stages = rows.execute(_STAGES).fetchall()
    return {
        "speechMinutes": minutes,
        "stopToReadySeconds": rounded(timings["stopToReady"]),
        "deliverToAudioSeconds": rounded(timings["deliverToAudio"]),
        # The last utterance's captions come first; then the run's stages; then the page is told.
        "stopToRunSeconds": rounded(begun - stopped),
        "runSeconds": rounded(finished - begun),
        "stageSeconds": {stage: rounded(seconds) for stage, _, seconds in stages},
        "engines": {stage: engine for stage, engine, _ in stages},
    }


def _moment(text: str) -> float:
    """Seconds since the epoch, of a time as Django writes it into SQLite."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


async def _speak(server: OwnServer, pcm: bytes) -> tuple[float, dict[str, float]]:
    """When the speech was stopped (seconds since the epoch), and how long what followed took."""
    async with Account(server.base_url) as account:
        await account.sign_in(OPERATOR, PASSWORD)
        token = await account.ticket(CLUB)
        async with (
            account.socket(token) as socket,
            Conversation(socket, display_for(io.StringIO())) as conversation,
        ):
            await conversation.prepare("Ada Lovelace")
            await conversation.record(pcm, paced=True)
            stopped = time.time()
            if not await conversation.evaluation_settled(PATIENCE_SECONDS):
                raise RuntimeError("the speech was too short for an evaluation")
            await conversation.deliver()
    timings = {name: took for name, took in conversation.timings.items() if took is not None}
    return stopped, timings
