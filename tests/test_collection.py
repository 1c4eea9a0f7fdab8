"""A server has all it needs before anybody comes, and spares the garbage collector that."""

import subprocess
import sys

from speechcoach.collection import SELDOM
from speechcoach.env import BASE_DIR

COUNT = """
import speechcoach.asgi, gc
print(*gc.get_threshold(), gc.get_freeze_count(), len(gc.get_objects()))
"""
LOADED = """
import speechcoach.asgi, sys
before = set(sys.modules)
from django.urls import resolve
resolve("/accounts/login/")
print(*(name for name in set(sys.modules) - before if name.endswith((".urls", ".views"))))
"""


def test_a_server_is_built_of_what_is_never_looked_through_again():
    spared, watched = map(int, printed_by(COUNT).split()[-2:])
    assert spared > 20 * watched


def test_everything_is_looked_through_so_seldom_that_no_hundredth_chunk_waits():
    assert tuple(map(int, printed_by(COUNT).split()[-5:-2])) == SELDOM


def test_nobody_waits_for_pages_to_be_loaded():
    assert printed_by(LOADED).split() == []


def printed_by(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout
