"""What is erased or taken back must not stay in anybody's cache."""

import pytest

from evaluations.models import Output
from sessions_app.downloads import attachment, download

TEXT = Output(name="evaluation.txt", content=b"words", content_type="text/plain")
SOUND = Output(name="evaluation_audio.mp3", content=b"sound", content_type="audio/mpeg")


@pytest.mark.parametrize(
    "answer", [attachment(b"words", "speech.md", "text/markdown"), download(TEXT), download(SOUND)]
)
def test_a_file_is_kept_by_no_cache(answer):
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
