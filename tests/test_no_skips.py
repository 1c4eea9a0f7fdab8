"""Skips are told from failures by CI alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SKIPPED_TEST = "import pytest\n\ndef test_a():\n    pytest.skip('no such engine')\n"
SKIPPED_BY_MARK = "import pytest\n\n@pytest.mark.skip(reason='not here')\ndef test_a(): ...\n"
SKIPPED_MODULE = "import pytest\n\npytest.skip('no such engine', allow_module_level=True)\n"
EXPECTED_FAILURE = "import pytest\n\n@pytest.mark.xfail\ndef test_a():\n    assert False\n"


@pytest.mark.parametrize(
    ("source", "ci", "passes"),
    [
        (SKIPPED_TEST, "false", True),
        (SKIPPED_TEST, "true", False),
        (SKIPPED_BY_MARK, "true", False),
        (SKIPPED_MODULE, "true", False),
        (EXPECTED_FAILURE, "true", True),
    ],
)
def test_a_skip_is_a_failure_in_ci_only(tmp_path, source, ci, passes):
    file = tmp_path / "test_it.py"
    file.write_text(source)
    (tmp_path / "pytest.ini").touch()
    # Without the project's plugins the inner run takes a tenth of the time.
    plugins = ["-p", "tests.no_skips"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", tmp_path / "pytest.ini", *plugins, file],
        cwd=ROOT,
        env=os.environ | {"CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) is passes, done.stdout + done.stderr
    assert ("nothing may be left out" in done.stdout) is not passes
