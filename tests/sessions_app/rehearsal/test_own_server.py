"""A server of one's own is waited for by what it says, and what it says is kept."""

import sys

import pytest

from sessions_app.rehearsal import RehearsalError
from sessions_app.rehearsal.own_server import running

LISTENS = "print('Uvicorn running on http://127.0.0.1:1', flush=True)"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_one_that_ends_says_why(tmp_path):
    """At once, and not when its time is over."""
    code = "print('first', flush=True); raise SystemExit('no such port')"
    with (
        pytest.raises(RehearsalError, match="did not start: no such port"),
        running(python(code), {}, tmp_path / "log"),
    ):
        pytest.fail("it does not listen")


def test_all_that_it_has_written_is_in_the_log(tmp_path):
    log = tmp_path / "log"
    # More than a pipe holds.
    code = f"{LISTENS}; print('x' * 200_000); print('last')"
    with running(python(code), {}, log) as (process, output):
        process.wait()
        output.settle()
        assert log.read_text().endswith(f"{'x' * 200_000}\nlast\n")
