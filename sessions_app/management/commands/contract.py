"""``manage.py contract``: what is generated from messages and export."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_app.coach import schema as coach_schema
from sessions_app.contract.schema import FOLDER, artefacts
from sessions_app.export import schema as export_schema
from speechcoach.env import BASE_DIR


class Command(BaseCommand):
    help = "Generates the JSON Schemas of contract, coach and export, and the browser's types."
    # It needs no database and no settings.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        action = parser.add_mutually_exclusive_group(required=True)
        action.add_argument("--write", action="store_true", help="write the files")
        action.add_argument(
            "--check", action="store_true", help="exit 1 and name the files that are not up to date"
        )
        parser.add_argument(
            "--root", type=Path, default=BASE_DIR, help="the project's folder (default: this one)"
        )

    def handle(self, *args: Any, **given: Any) -> None:
        root: Path = given["root"]
        wanted = {root / path: text for path, text in _artefacts().items()}
        stale = [path for path, text in wanted.items() if _read(path) != text]
        left_over = sorted(set((root / FOLDER).glob("*.json")) - set(wanted))
        if given["write"]:
            for path in stale:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(wanted[path], encoding="utf-8")
            for path in left_over:
                path.unlink()
        names = [str(path.relative_to(root)) for path in [*stale, *left_over]]
        if given["check"] and names:
            raise CommandError(
                "Not up to date; run `manage.py contract --write`:\n  " + "\n  ".join(names)
            )
        for name in names:
            self.stdout.write(name)


def _artefacts() -> dict[str, str]:
    return {**artefacts(), **coach_schema.artefacts(), **export_schema.artefacts()}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
