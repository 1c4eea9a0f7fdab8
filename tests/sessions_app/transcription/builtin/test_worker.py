import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.transcription.builtin.cutter import Cutter
from sessions_app.transcription.builtin.frames import AUDIO, FINISH, OPEN, OPENING, frame
from sessions_app.transcription.builtin.process import COMMAND, DecoderProcess
from tests.speech import PASSAGE, SAMPLE_RATE, cut, silence, spoken

ROOT = Path(__file__).parents[4]


def test_it_ends_with_its_input_and_says_nothing_on_stderr():
    pcm = spoken(PASSAGE).tobytes()[: SAMPLE_RATE * 4]
    asked = frame(OPEN, 1, OPENING.pack(0, True)) + frame(AUDIO, 1, pcm) + frame(FINISH, 1)
    done = subprocess.run(
        COMMAND, check=True, input=asked, capture_output=True, cwd=ROOT, timeout=60
    )

    assert done.stderr == b""
    assert done.stdout.endswith(frame(b"M", 1, json.dumps({"kind": "done"}).encode()))


def test_it_loads_no_django():
    code = (
        "import sys, sessions_app.transcription.builtin.worker;"
        "sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads /proc")
def test_it_can_dump_no_core_holds_no_file_and_is_handed_no_secret(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    process = DecoderProcess()
    process.ready.wait()
    assert resource.prlimit(process.pid, resource.RLIMIT_CORE) == (0, 0)
    proc = Path("/proc", str(process.pid))
    assert b"canary" not in (proc / "environ").read_bytes()
    targets = [str(fd.readlink()) for fd in (proc / "fd").iterdir()]
    assert all(target.startswith(("pipe:", "/dev/null")) for target in targets)
    process.close()


@settings(max_examples=10, deadline=None)
@given(sizes=st.lists(st.integers(1, 9_000), min_size=1, max_size=6))
def test_utterances_are_the_same_however_the_samples_were_cut(sizes):
    pcm = silence(1).tobytes() + spoken(PASSAGE).tobytes() + silence(1).tobytes()
    whole = Cutter()
    expected = [*whole.push(pcm), *whole.finish()]
    cutter, found, at, turn = Cutter(), [], 0, 0
    while at < len(pcm):
        size = sizes[turn % len(sizes)] * 2
        pieces = cutter.push(pcm[at : at + size])
        found += pieces
        at, turn = at + size, turn + 1
    assert [*found, *cutter.finish()] == expected


def test_an_utterance_holds_the_speech_s_own_samples_at_its_start():
    pcm = silence(1).tobytes() + spoken(PASSAGE).tobytes()
    cutter = Cutter(offset=500)
    pieces = [piece for chunk in cut(pcm) for piece in cutter.push(chunk)] + cutter.finish()
    for piece in pieces:
        begin = (piece.start - 500) * 2
        assert piece.pcm.rstrip(b"\0") == pcm[begin : begin + len(piece.pcm)].rstrip(b"\0")
    assert cutter.passed == 500 + len(pcm) // 2
