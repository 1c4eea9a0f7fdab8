"""What a test sets in the rows of a running server, where no page of the product does."""

import subprocess
import sys
from pathlib import Path

from tests.server import Server

ROOT = Path(__file__).parents[1]
DEADLINE_SECONDS = 120


def set_in_rows(server: Server, statement: str) -> None:
    """Run a statement in the scope of the harbour club."""
    code = (
        "from clubs.models import *; from clubs.scoping import club_scope\n"
        "club = Club.objects.get(slug='harbour')\n"
        f"with club_scope(club): {statement}"
    )
    subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity=0", "--command", code],
        cwd=ROOT,
        env=dict(server.environment),
        check=True,
        timeout=DEADLINE_SECONDS,
    )
