"""Which engine serves which stage; with --live, whether vendors accept our keys and models."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from speechcoach.engine_probe import probe
from speechcoach.engine_report import engine_report


class Command(BaseCommand):
    help = (
        "List the engines that are configured for each stage. With --live, ask the vendors whether "
        "keys and models work; the exit status is 1 where one does not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--live", action="store_true", help="ask the vendors; costs nothing but a request each"
        )

    def handle(self, *args: Any, live: bool, **options: Any) -> None:
        today = datetime.now(tz=UTC).date()
        report = engine_report(today)
        rows = [("Stage", "Engine", "Steps in")]
        rows += [(one.stage, one.engine, one.net or "–") for one in report]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
        for one in report:
            if one.warning:
                self.stdout.write(self.style.WARNING(f"Warning: {one.warning}"))
        if not live:
            return
        self.stdout.write("")
        findings = asyncio.run(probe(today))
        marks = {True: "ok", False: "FAILED", None: "warning"}
        for finding in findings:
            line = f"{marks[finding.ok]}: {finding.sentence}"
            style = self.style.ERROR if finding.ok is False else self.style.WARNING
            self.stdout.write(line if finding.ok else style(line))
        if any(finding.ok is False for finding in findings):
            raise CommandError("An engine that is configured does not work.", returncode=1)
