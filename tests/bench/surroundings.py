"""What figures depend on besides the code: the machine, the interpreter, the packages."""

import os
import platform
import re
import shutil
import subprocess
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from speechcoach.env import BASE_DIR

PACKAGES = (
    "channels", "channels-redis", "daphne", "django", "httptools", "numpy", "pocketsphinx",
    "pydantic", "redis", "soundfile", "twisted", "uvicorn", "uvloop", "websockets",
)  # fmt: skip


def surroundings() -> dict[str, Any]:
    """Everything that two results must share to be compared as they stand."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "HEAD"),
        "uncommittedChanges": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "machine": {
            "cpu": _cpu_model(),
            "cores": len(os.sched_getaffinity(0)),
            "memoryMiB": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
            "kernel": platform.release(),
            # What else was going on: figures of a busy machine are worth little.
            "loadAverageBefore": round(os.getloadavg()[0], 2),
        },
        "python": platform.python_version(),
        "packages": dict(_versions()),
    }


def _versions() -> list[tuple[str, str]]:
    found = []
    for name in PACKAGES:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return found


def _cpu_model() -> str:
    text = Path("/proc/cpuinfo").read_text()
    found = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", text, re.MULTILINE)
    return found.group(1) if found else platform.machine()


def _git(*arguments: str) -> str | None:
    if shutil.which("git") is None:
        return None
    done = subprocess.run(
        ["git", *arguments], cwd=BASE_DIR, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None
