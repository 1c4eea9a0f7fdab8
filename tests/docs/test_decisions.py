"""The decisions are numbered, short, and about files that exist."""

import re
from pathlib import Path

import pytest

from speechcoach.env import BASE_DIR

DECISIONS = sorted((BASE_DIR / "docs/decisions").glob("*.md"))
PLACES = [BASE_DIR, *(BASE_DIR / name for name in ("sessions_app", "evaluations", "clubs"))]


def test_they_are_numbered_without_a_gap():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_names_what_is_there(path: Path):
    text = path.read_text()
    lines = text.splitlines()
    assert len(lines) < 25
    assert lines[0].startswith(f"# {int(path.name[:4])}. ")
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
    ]
    for name in re.findall(r"`([\w/-]+\.(?:py|js))`", text):
        assert any((place / name).is_file() for place in PLACES), name
