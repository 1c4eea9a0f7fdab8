"""What the pure core costs: samples in, messages out, no input or output."""

import time
from typing import Any

from evaluations.core.styles import STYLES
from sessions_app.contract import messages as m
from sessions_app.core.config import SessionConfig
from sessions_app.core.limits import Limits
from sessions_app.core.machine import SessionMachine
from sessions_app.core.setup import Setup
from sessions_app.core.vad import WINDOW_SECONDS
from sessions_app.detection.energy import EnergyDetector
from tests.bench import audio
from tests.bench.figures import percentiles, rounded

SECONDS = 24 * 60


def machine() -> dict[str, Any]:
    """Processor time of a chunk through ``receive_audio`` with detector and health."""
    minute = audio.chunks(60)
    session = _recording()
    took: list[float] = []
    now = 0.0
    for at in range(round(SECONDS / WINDOW_SECONDS)):
        now += WINDOW_SECONDS
        chunk = minute[at % len(minute)]
        before = time.thread_time()
        session.receive_audio(chunk, now)
        session.effects()
        took.append(time.thread_time() - before)
    each = len(minute)
    first, last = sum(took[:each]) / each, sum(took[-each:]) / each
    return {
        "firstMinuteMicrosPerChunk": rounded(first * 1e6),
        "lastMinuteMicrosPerChunk": rounded(last * 1e6),
        "lastToFirst": rounded(last / first),
        **percentiles(took, "Micros", 1e6),
    }


def _recording() -> SessionMachine:
    config = SessionConfig(limits=Limits(), make_detector=EnergyDetector, styles=STYLES, roles=())
    session = SessionMachine(config, Setup(), now=0.0, wall=0.0)
    for message in (
        m.SetConsent(speaker_name="Ada Lovelace", consent_confirmed=True),
        m.AudioFormatMessage(channels=1, sample_rate=16_000, encoding="LINEAR16"),
        m.StartRecording(),
    ):
        session.receive(message, 0.0)
    session.effects()
    if session.state is not m.SessionState.RECORDING:
        raise RuntimeError("the machine does not record; the bench is out of date")
    return session
