"""The environments that the clients run in: made once for each state of their lock."""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = {
    "pipecat": ("requirements-conformance.txt", ".venv-conformance"),
    "livekit": ("requirements-conformance-livekit.txt", ".venv-conformance-livekit"),
}


def python_of(client: str) -> Path:
    """The interpreter that has ``client``; installs what is missing.

    Raises:
        subprocess.CalledProcessError: it cannot be installed, say without a network.
    """
    lock, folder = (ROOT / name for name in LOCKS[client])
    python = folder / "bin" / "python"
    stamp = folder / "lock.sha256"
    state = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != state:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        # The parser needs a small part of what pipecat depends on, and the lock names just that.
        install = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run(
            [str(python), "-m", "pip", *install, "--no-deps", "-r", str(lock)], check=True
        )
        stamp.write_text(state)
    return python


def missing(client: str) -> str | None:
    """Why ``client`` cannot run here; None where it can."""
    try:
        python_of(client)
    except (OSError, subprocess.CalledProcessError):
        return f"the packages of {LOCKS[client][0]} could not be installed"
    return None
