"""``manage.py rehearse``: a whole session from a sound file."""

import asyncio
import json
import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clubs import demo
from sessions_app.core.audio import MAX_SPEECH_SECONDS
from sessions_app.rehearsal import RehearsalError
from sessions_app.rehearsal.display import Display, display_for
from sessions_app.rehearsal.own_server import own_server
from sessions_app.rehearsal.recording import read_recording
from sessions_app.rehearsal.report import Report
from sessions_app.rehearsal.session import Options, rehearse


class Command(BaseCommand):
    help = (
        "Holds a whole session with a sound file in place of a microphone, over the real HTTP and "
        "WebSocket interface: captions, metrics, evaluation, saved files."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="any sound file, of any rate and channels")
        parser.add_argument(
            "--base-url",
            help="a running server; without it, one is started for this rehearsal with a database "
            "of its own, and stopped at the end",
        )
        parser.add_argument("--club", default="harbour")
        parser.add_argument("--email", default="operator@harbour.example")
        parser.add_argument("--password", default=demo.PASSWORD)
        parser.add_argument(
            "--consent", metavar="NAME", default="Demo Speaker", help="the speaker who consents"
        )
        parser.add_argument(
            "--speed",
            choices=["1", "max"],
            help="1: as it was spoken (the default with --base-url); max: as fast as the server "
            "takes it (the default without), which needs the server's AUDIO_MAX_LEAD_SECONDS "
            "raised",
        )
        parser.add_argument("--out", type=Path, metavar="DIR", help="put the saved files there")
        parser.add_argument(
            "--json", action="store_true", help="one JSON object on stdout, all else on stderr"
        )

    def handle(self, *args: Any, **given: Any) -> None:
        as_json: bool = given["json"]
        display = display_for(sys.stderr if as_json else sys.stdout)
        # A polite kill stops the own server too.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            report = _rehearse(given, display)
        except RehearsalError as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=130) from None
        if as_json:
            json.dump(report.as_json(), sys.stdout, ensure_ascii=False)
            sys.stdout.write("\n")
        else:
            text = report.as_text(server_stays=bool(given["base_url"]))
            sys.stdout.write(f"\n{text}\n")


def _rehearse(given: dict[str, Any], display: Display) -> Report:
    pcm = read_recording(given["file"])
    base_url: str | None = given["base_url"]
    options = Options(
        club=given["club"],
        email=given["email"],
        password=given["password"],
        speaker=given["consent"],
        paced=(given["speed"] or ("1" if base_url else "max")) == "1",
        out=given["out"],
    )
    if base_url:
        return asyncio.run(rehearse(base_url, pcm, options, display))
    with own_server({"AUDIO_MAX_LEAD_SECONDS": str(MAX_SPEECH_SECONDS)}) as server:
        return asyncio.run(rehearse(server.base_url, pcm, options, display))
