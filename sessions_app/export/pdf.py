"""The PDF of a speech, printed by a process that is started for it."""

import functools
import logging
import os
import subprocess
import sys
import threading
from ctypes.util import find_library
from pathlib import Path
from typing import Final

from django.template.loader import render_to_string

from evaluations.core.document import SpeechDocument
from speechcoach.errors import UnavailableError

COMMAND: Final = (sys.executable, "-m", "sessions_app.export.printer")
SECONDS: Final = 60.0
WAIT_SECONDS: Final = 15.0
_ROOT: Final = Path(__file__).parents[2]
_STYLE: Final = _ROOT / "templates/export/speech.css"
_PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "XDG_CACHE_HOME")
# One at a time in a web process: when all press at once, the cores are left to the sessions.
_printing = threading.BoundedSemaphore(1)
_BUSY: Final = "Other PDFs are being made just now. Try again in a minute."

log = logging.getLogger(__name__)


@functools.cache
def why_not() -> str | None:
    """Why no PDF can be made on this machine; None when one can."""
    # What WeasyPrint loads when it is imported; these two bring the rest along. Looking is cheap,
    # importing it here would cost every web process a second and its memory.
    missing = [name for name in ("pango-1.0", "pangoft2-1.0") if find_library(name) is None]
    if missing:
        log.warning("no PDFs: %s not found", ", ".join(missing))
        return "PDFs need the Pango library, which is not installed on this server."
    return None


def render(document: SpeechDocument) -> bytes:
    """The document as a tagged PDF. Blocks for seconds.

    Raises:
        UnavailableError: it cannot be made here, or not just now.
    """
    if reason := why_not():
        raise UnavailableError(reason)
    html = render_to_string("export/speech.html", {"document": document})
    if not _printing.acquire(timeout=WAIT_SECONDS):
        raise UnavailableError(_BUSY)
    try:
        return _print(html)
    finally:
        _printing.release()


def _print(html: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and nothing of the document in it
            [*COMMAND, str(_STYLE)],
            input=html.encode(),
            capture_output=True,
            check=True,
            timeout=SECONDS,
            cwd=_ROOT,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        )
    except subprocess.TimeoutExpired:
        log.warning("no PDF: the printer took over %s s", SECONDS)
        raise UnavailableError("The PDF took too long to make. Try again later.") from None
    except (OSError, subprocess.CalledProcessError) as error:
        # What the printer says may quote the document; its status says enough.
        log.error("no PDF: %s", getattr(error, "returncode", error))  # noqa: TRY400
        raise UnavailableError("The PDF could not be made. Try again later.") from None
    return done.stdout
