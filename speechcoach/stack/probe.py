"""Is this container's process well? For health checks; needs nothing but Python.

    python -P speechcoach/stack/probe.py http://127.0.0.1:8000/readyz   does it answer 200?
    python -P speechcoach/stack/probe.py /tmp/alive     was it touched in the last half minute?

Ends with 0 where it is, else with 1 and a reason.
"""

import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ANSWER_SECONDS = 4.0
ALIVE_SECONDS = 30.0


def fault(what: str) -> str | None:
    """What is wrong, or None."""
    if what.startswith("http"):
        try:
            with urllib.request.urlopen(what, timeout=ANSWER_SECONDS):  # noqa: S310 - our own
                return None
        except (OSError, urllib.error.HTTPError) as error:
            return f"{what}: {error}"
    try:
        silent = time.time() - Path(what).stat().st_mtime
    except OSError as error:
        return str(error)
    return None if silent < ALIVE_SECONDS else f"{what}: no sign of life for {silent:.0f} s"


if __name__ == "__main__":
    sys.exit(fault(sys.argv[1]))
