"""A retention run that is killed in a batch is made again, and ends with a whole audit."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.faults.expiry_process import BATCH

ROOT = Path(__file__).resolve().parent.parent.parent
DEADLINE_SECONDS = 240


def run(tmp_path: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'club.sqlite3'}",
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "speechcoach.settings",
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
    )


def test_what_a_killed_run_left_is_done_by_the_next(tmp_path):
    process = ("-m", "tests.faults.expiry_process")
    assert run(tmp_path, "manage.py", "migrate", "--verbosity=0").returncode == 0
    assert run(tmp_path, *process, "seed", str(5 * BATCH)).returncode == 0
    killed = run(tmp_path, *process, "run", "3")
    assert killed.returncode == -signal.SIGKILL
    again = run(tmp_path, *process, "run")
    assert again.returncode == 0, again.stderr
    # Nothing is left, and the audit counts each speech once: the killed batch was undone whole.
    assert again.stdout.split() == ["0", *[str(BATCH)] * 5]
