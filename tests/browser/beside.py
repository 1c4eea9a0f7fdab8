"""Work on a running server's database, by a process of its own: no test has to click for it."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from speechcoach.env import BASE_DIR
from tests.server import Server

_CODE = """
import importlib, json, sys
import django

django.setup()
module, name, *arguments = sys.argv[1:]
json.dump(getattr(importlib.import_module(module), name)(*arguments), sys.stdout)
"""


def run_beside(server: Server, function: Callable[..., Any], *arguments: str) -> Any:
    """Call ``function`` where its models are the server's; gives its answer, by way of JSON."""
    done = subprocess.run(
        [sys.executable, "-c", _CODE, function.__module__, function.__name__, *arguments],
        cwd=BASE_DIR,
        env={**server.environment, "DJANGO_SETTINGS_MODULE": "speechcoach.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr[-3000:]
    return json.loads(done.stdout)
