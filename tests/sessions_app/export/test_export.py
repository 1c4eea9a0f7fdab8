"""A speech as PDF, Markdown and JSON."""

import json
import re
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import jsonschema
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clubs.models import Membership
from clubs.scoping import club_scope
from evaluations.core.document import SpeechDocument
from sessions_app.export import FORMATS, file_name, pdf
from sessions_app.export.schema import FILE, artefacts
from sessions_app.models import Speech
from sessions_app.sharing import links
from speechcoach.env import BASE_DIR
from speechcoach.errors import UnavailableError
from tests.cast import Cast
from tests.sessions_app.kept import LINES, TITLE, keep_speech

HOSTILE = '<img src="http://127.0.0.1:9/x.png"><script>alert(1)</script> & <b>bold</b>'


@pytest.fixture
def speech(cast: Cast) -> Speech:
    return keep_speech(cast.club)


@pytest.fixture
def member(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.member)
    return client


@pytest.fixture
def printer() -> None:
    """What prints, and what reads it back."""
    if reason := pdf.why_not():
        pytest.skip(reason)
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed")


@pytest.fixture
def no_printer(monkeypatch: pytest.MonkeyPatch):
    """A machine without Pango."""
    pdf.why_not.cache_clear()
    monkeypatch.setattr("sessions_app.export.pdf.find_library", lambda name: None)
    yield
    pdf.why_not.cache_clear()


def export(member: Client, speech: Speech, extension: str) -> Any:
    return member.get(reverse(f"export_{extension}", args=["anchor", speech.pk]))


def read_pdf(content: bytes, tmp_path: Path, *command: str) -> str:
    path = tmp_path / "speech.pdf"
    path.write_bytes(content)
    done = subprocess.run(
        [command[0], *command[1:], str(path), "-"], capture_output=True, check=True
    )
    return done.stdout.decode()


def test_addresses_and_formats_are_the_same() -> None:
    assert set(FORMATS) == {"pdf", "md", "json"}


class TestPdf:
    @pytest.fixture
    def printed(self, printer: None, member: Client, speech: Speech) -> bytes:
        answer = export(member, speech, "pdf")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/pdf"
        assert 'filename="ten-minutes-early.pdf"' in answer.headers["Content-Disposition"]
        content = answer.content
        assert answer.headers["Content-Length"] == str(len(content))
        return content

    def test_it_holds_the_speech(self, printed: bytes, tmp_path: Path) -> None:
        text = " ".join(read_pdf(printed, tmp_path, "pdftotext", "-layout").split())
        for line in LINES:
            assert line in text
        for part in (TITLE, "Ada Lovelace", "A question at the start", "Green at 0:05.", "Pace"):
            assert part in text

    def test_it_is_tagged_and_says_whose_it_is(self, printed: bytes, tmp_path: Path) -> None:
        about = subprocess.run(
            ["pdfinfo", "-"], input=printed, capture_output=True, check=True
        ).stdout.decode()
        assert re.search(r"^Tagged: +yes$", about, re.MULTILINE)
        assert re.search(rf"^Title: +{TITLE}$", about, re.MULTILINE)
        structure = subprocess.run(
            ["pdfinfo", "-struct-text", "-"], input=printed, capture_output=True, check=True
        ).stdout.decode()
        assert "H1" in structure
        assert "TH" in structure

    def test_words_are_words(
        self, printer: None, cast: Cast, member: Client, tmp_path: Path
    ) -> None:
        hostile = keep_speech(cast.club, title=HOSTILE, lines=(HOSTILE, *LINES))
        text = " ".join(
            read_pdf(
                export(member, hostile, "pdf").content, tmp_path, "pdftotext", "-layout"
            ).split()
        )
        assert text.count("<script>alert(1)</script> & <b>bold</b>") >= 2

    def test_nothing_is_fetched(self, printer: None, tmp_path: Path) -> None:
        """Not even by a document that asks for it: by a picture, a style, a font, a local file."""
        asked: list[str] = []

        class Listener(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_error(404)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
                pass

        secret = tmp_path / "secret.svg"
        secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="9">KEPT</text></svg>')
        style = tmp_path / "style.css"
        with HTTPServer(("127.0.0.1", 0), Listener) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            origin = f"http://127.0.0.1:{server.server_port}"
            style.write_text(
                f"@import url({origin}/a.css);"
                f"@font-face {{ font-family: x; src: url({origin}/f) }}"
                f"body {{ font-family: x; background: url({origin}/b.png) }}"
            )
            page = (
                f'<html lang="en"><title>x</title><link rel="stylesheet" href="{origin}/c.css">'
                f'<body><img alt="" src="{origin}/d.png"><img alt="" src="{secret.as_uri()}">'
                f'<object data="{secret.as_uri()}"></object>Hello'
            )
            done = subprocess.run(
                [*pdf.COMMAND, str(style)],
                input=page.encode(),
                capture_output=True,
                cwd=BASE_DIR,
                check=True,
            )
            server.shutdown()
        assert not asked
        text = read_pdf(done.stdout, tmp_path, "pdftotext")
        assert "Hello" in text
        assert "KEPT" not in text

    def test_a_machine_that_cannot_print_says_so(
        self, no_printer: None, member: Client, speech: Speech
    ) -> None:
        answer = export(member, speech, "pdf")
        assert answer.status_code == 503
        assert "PDFs need the Pango library" in answer.content.decode()
        page = member.get(reverse("session", args=["anchor", speech.pk])).content.decode()
        assert reverse("export_pdf", args=["anchor", speech.pk]) not in page
        assert "No PDF: PDFs need the Pango library" in page
        assert reverse("export_md", args=["anchor", speech.pk]) in page

    @pytest.mark.parametrize(
        "program", ["import sys; sys.exit(3)", "import os; os.abort()"], ids=["fails", "crashes"]
    )
    def test_a_printer_that_fails_is_not_the_server_s_end(
        self, printer: None, monkeypatch: pytest.MonkeyPatch, program: str
    ) -> None:
        monkeypatch.setattr(pdf, "COMMAND", (sys.executable, "-c", program))
        with pytest.raises(UnavailableError, match="could not be made"):
            pdf.render(SpeechDocument.model_validate({"about": {"club": "Anchor"}}))

    def test_a_printer_that_hangs_is_ended(
        self, printer: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            pdf, "COMMAND", (sys.executable, "-c", "import sys; sys.stdin.read(); input()")
        )
        monkeypatch.setattr(pdf, "SECONDS", 0.01)
        with pytest.raises(UnavailableError, match="too long"):
            pdf.render(SpeechDocument.model_validate({"about": {"club": "Anchor"}}))

    def test_who_comes_while_another_prints_is_told_so(
        self, printer: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pdf, "WAIT_SECONDS", 0.01)
        with pdf._printing, pytest.raises(UnavailableError, match="Other PDFs"):
            pdf.render(SpeechDocument.model_validate({"about": {"club": "Anchor"}}))


class TestMarkdown:
    def test_it_holds_the_speech(self, member: Client, speech: Speech) -> None:
        answer = export(member, speech, "md")
        assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
        text = answer.content.decode()
        assert text.startswith(f"# {TITLE}\n")
        assert LINES[0] in text


class TestJson:
    def test_it_follows_its_schema(self, member: Client, speech: Speech) -> None:
        made = json.loads(export(member, speech, "json").content)
        jsonschema.validate(made, json.loads(artefacts()[FILE]))
        assert made["schemaVersion"] == 1
        assert [line["text"] for line in made["transcript"]] == list(LINES)
        assert made["evaluation"]["remarks"][0]["quote"] == {
            "text": LINES[0], "at": 0.0, "line": 0,
        }  # fmt: skip
        assert made["metrics"]["totalWords"] == sum(len(line.split()) for line in LINES)
        assert made["engines"]["transcript"] == "transcript engine"

    def test_the_written_schema_is_the_code_s(self) -> None:
        [(path, text)] = artefacts().items()
        assert (BASE_DIR / path).read_text() == text, "run `manage.py contract --write`"

    def test_the_page_about_it_names_every_part(self) -> None:
        page = (BASE_DIR / "docs/export.md").read_text()
        parts = set(json.loads(artefacts()[FILE])["properties"]) - {"qualityWarning"}
        assert {part for part in parts if f"`{part}`" not in page and part not in page} == set()


def test_a_kept_file_is_saved_and_sound_is_played(member: Client, speech: Speech) -> None:
    def disposition(name: str) -> str:
        answer = member.get(reverse("file", args=["anchor", speech.pk, 1, name]))
        return str(answer.headers["Content-Disposition"])

    assert disposition("evaluation.txt") == 'attachment; filename="evaluation.txt"'
    assert disposition("evaluation_audio.mp3") == 'inline; filename="evaluation_audio.mp3"'


def test_words_are_words_on_the_pages_too(cast: Cast, member: Client) -> None:
    hostile = keep_speech(
        cast.club, title=HOSTILE, speaker_name=HOSTILE[:120], lines=(HOSTILE, *LINES)
    )
    with club_scope(cast.club):
        owner = Membership.objects.select_related("user", "club").get(user=cast.owner)
        _, token = links.make(owner, hostile, 1, timezone.now())
    for page in (
        member.get(reverse("session", args=["anchor", hostile.pk])),
        Client().get(reverse("shared", args=[token])),
    ):
        said = page.content.decode()
        assert "<script>alert" not in said
        assert "<img" not in said
        assert said.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4


def test_what_is_not_kept_is_not_exported(cast: Cast, member: Client) -> None:
    with club_scope(cast.club):
        empty = Speech.objects.create(club=cast.club)
    for extension in FORMATS:
        assert export(member, empty, extension).status_code == 404
    page = member.get(reverse("session", args=["anchor", empty.pk])).content.decode()
    assert "Nothing has been recorded" in page
    assert "export." not in page


def test_a_file_has_a_name_that_every_system_takes() -> None:
    def named(title: str) -> str:
        about = {"club": "Anchor", "title": title}
        return file_name(SpeechDocument.model_validate({"about": about}), "pdf")

    assert named("Ten minutes: early/late?") == "ten-minutes-earlylate.pdf"
    assert named("../../etc/passwd") == "etcpasswd.pdf"
    assert named("Привет") == "speech.pdf"
    assert named("") == "untitled-speech.pdf"
    assert len(named("x" * 200)) <= 64
