"""``make test``: every check and test that this machine can run, and what was left out and why.

With ``CI=true`` nothing may be left out: a part that cannot run fails.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JS = ROOT / "tests" / "js"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
PYTEST = [sys.executable, "-m", "pytest", "-q", "-rs", "--durations=15"]


def _needs(*programs: str) -> Callable[[], str | None]:
    """A reason to leave a part out: a program is missing."""

    def missing() -> str | None:
        absent = [program for program in programs if shutil.which(program) is None]
        return f"not installed: {', '.join(absent)}" if absent else None

    return missing


@dataclass(frozen=True)
class Part:
    name: str
    command: list[str]
    missing: Callable[[], str | None] = lambda: None
    cwd: Path = ROOT
    env: dict[str, str] = field(default_factory=dict)


MANAGE = [sys.executable, "manage.py"]
DEPLOYED = {
    "DEBUG": "false",
    "DEMO_MODE": "false",
    "SECRET_KEY": "a-key-for-checking-settings-that-is-long-enough-0123456789-abcdef",
    "ALLOWED_HOSTS": "club.example.com",
    "ALLOWED_ORIGINS": "https://club.example.com",
}

PARTS = (
    Part("lint", [sys.executable, "-m", "ruff", "check", "."]),
    Part("format", [sys.executable, "-m", "ruff", "format", "--check", "."]),
    Part("types", [sys.executable, "-m", "mypy", "."]),
    Part("generated files", [*MANAGE, "contract", "--check"]),
    Part("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
    Part("settings", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], env=DEPLOYED),
    Part("static files", [*MANAGE, "collectstatic", "--noinput", "-v0", "--clear"], env=DEPLOYED),
    Part("browser types: install", ["npm", "ci", "--no-audit", "--no-fund"], _needs("npm"), cwd=JS),
    Part("browser types", ["npm", "run", "--silent", "types"], _needs("npm"), cwd=JS),
    Part("browser modules", ["npm", "test", "--silent"], _needs("npm"), cwd=JS),
    # A browser test works in a microphone's real time: it has the machine to itself.
    Part("browser tests", [*PYTEST, "-m", "browser"], _needs("chromium", "flite")),
    # Much of these is waiting: so more of them at once than there are cores.
    Part("tests", [*PYTEST, "-m", "not browser", "-n", "4", "--dist", "worksteal"]),
)


def main() -> int:
    failed: list[str] = []
    left_out: list[str] = []
    for part in PARTS:
        if reason := part.missing():
            left_out.append(f"{part.name}: {reason}")
            continue
        print(f"── {part.name}", flush=True)
        started = time.monotonic()
        code = subprocess.run(
            part.command, cwd=part.cwd, env=os.environ | part.env, check=False
        ).returncode
        print(f"   {time.monotonic() - started:.1f} s", flush=True)
        if code:
            failed.append(part.name)
    for line in left_out:
        print(f"left out: {line}", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", flush=True)
    return 1 if failed or (IN_CI and left_out) else 0


if __name__ == "__main__":
    sys.exit(main())
