"""``make test``: every check and test that this machine can run, and what was left out and why.

With ``CI=true`` nothing may be left out: a part that cannot run fails.

Browser tests work in a microphone's real time and mostly wait. What only computes runs beside them,
and gives way: it is nicer.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.conformance.environment import missing as conformance_missing

ROOT = Path(__file__).resolve().parent.parent
JS = ROOT / "tests" / "js"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
NICENESS = 10
# Of use to whoever watches. What is printed afterwards would consist of little else.
PROGRESS = re.compile(r"^[.,suxXFE]+ +\[ *\d+%\]\n", re.MULTILINE)
PYTEST = [sys.executable, "-m", "pytest", "-q", "-rsfE", "--durations=15"]


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

# One after another, on their own, so that they wait for nobody: tests of whole stacks as well, of a
# dozen processes each.
IN_REAL_TIME = (
    Part(
        "browser tests",
        [*PYTEST, "-m", "browser", "-n", "2", "--dist", "worksteal"],
        _needs("chromium", "flite"),
    ),
    Part("stack tests", [*PYTEST, "tests/stack"], _needs("redis-server")),
)
# Beside those, and in this order.
COMPUTING = (
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
    # Says so where whoever knows of vulnerabilities cannot be reached from here.
    Part("dependencies", [sys.executable, "-m", "tests.audit"], _needs("npm")),
    Part("compose file", ["npm", "run", "--silent", "compose"], _needs("npm"), cwd=JS),
    Part(
        "conformance",
        [sys.executable, "-m", "tests.conformance", "pipecat"],
        lambda: conformance_missing("pipecat"),
    ),
    # Much of these is waiting: so more of them at once than there are cores.
    Part(
        "tests",
        [*PYTEST, "-m", "not browser", "--ignore", "tests/stack", "-n", "4", "--dist", "worksteal"],
    ),
)


@dataclass
class Result:
    failed: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def main() -> int:
    result = Result()
    with ThreadPoolExecutor() as lanes:
        beside = lanes.submit(_run, COMPUTING, NICENESS, result)
        _run(IN_REAL_TIME, 0, result)
        beside.result()
    for line in result.left_out:
        print(f"left out: {line}", flush=True)
    if result.failed:
        print(f"failed: {', '.join(result.failed)}", flush=True)
    return 1 if result.failed or (IN_CI and result.left_out) else 0


def _run(parts: Sequence[Part], niceness: int, result: Result) -> None:
    """Run one after another. Each one's output is printed as a whole, once it is through."""
    for part in parts:
        if reason := part.missing():
            result.left_out.append(f"{part.name}: {reason}")
            continue
        print(f".. {part.name}", flush=True)
        started = time.monotonic()
        done = subprocess.run(
            ["nice", "-n", str(niceness), *part.command],
            cwd=part.cwd,
            env=_environment() | part.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        seconds = time.monotonic() - started
        printed = PROGRESS.sub("", done.stdout)
        print(f"── {part.name}\n{printed}   {seconds:.1f} s", flush=True)
        if done.returncode:
            result.failed.append(part.name)


def _environment() -> dict[str, str]:
    """Ours, with compiled modules kept: else each of hundreds of servers compiles them anew."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


if __name__ == "__main__":
    sys.exit(main())
