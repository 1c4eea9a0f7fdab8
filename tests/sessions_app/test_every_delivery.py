"""Every style, with every role, with and without a key: the same artefacts on every way to them,
and all of them wherever people read a speech."""

import html
import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clubs.models import Membership
from clubs.scoping import club_scope
from evaluations import outputs, queueing, runner
from evaluations.core.document import SpeechDocument
from evaluations.core.shapes import Brief, MeetingFacts, ProjectContext
from evaluations.core.stages import ShownStage
from evaluations.core.styles import CLASSIC, STYLES
from evaluations.models import Output, Run
from evaluations.pipeline import LiveTranscriptShape, RunRequest
from evaluations.roles.registry import ROLES
from sessions_app.contract import messages as m
from sessions_app.core.run_view import Delivery
from sessions_app.documents import document_of, kept_run
from sessions_app.export import FORMATS, pdf
from sessions_app.models import Speech
from sessions_app.sharing import links
from speechcoach.clock import MONOTONIC
from speechcoach.errors import ProviderError, Reason
from tests.evaluations.openai_engines import EVALUATION_MODEL, evaluator, synthesizer
from tests.evaluations.runs import LINES, HumSynthesizer, ScriptSource, carry, engines
from tests.fakes import openai_server as fakes
from tests.sessions_app.core.driving import Driver

pytestmark = pytest.mark.django_db

ROLE_IDS = tuple(role.id for role in ROLES)
BROKEN = ProviderError(Reason.UNAVAILABLE, "The voice is away.")
SAMPLES = 16_000


@pytest.fixture(scope="module")
def openai():
    """Engines with a key, made once: the fake vendor answers each request by itself."""
    with fakes.openai_server() as fake:
        yield engines(
            evaluator=evaluator(fake),
            synthesizer=synthesizer(fake),
            spare_voice=HumSynthesizer(name="builtin:hum"),
            clock=MONOTONIC,
        )


def asked(club, style) -> Run:
    """A run of a new speech, told in ``style``, with every role."""
    speech = Speech.objects.create(
        club=club, speaker_name="Ada", title=f"Trains in {style}", run_id=1
    )
    request = RunRequest(
        brief=Brief(
            speaker_name="Ada",
            project=ProjectContext(project_type="Table Topics", objectives=("Tell a story",)),
            style=style,
            roles=ROLE_IDS,
            notes="The pause was long.",
        ),
        live=LiveTranscriptShape(),
        meeting=MeetingFacts(word_of_the_day="laugh", planned_seconds=(10, 20)),
    )
    queueing.request_run(club, speech.pk, 1, SAMPLES, request)
    return Run.objects.get(speech=speech)


def in_one_go(run, engines):
    """Asked for before it is ready, and after; and as it is made of a file, with no session."""
    carry(run, engines)
    before, after = stopped(), stopped()
    before.say(m.DeliverEvaluation())
    for driver in (before, after):
        driver.machine.run_changed(driver.view(ShownStage.READY))
    after.say(m.DeliverEvaluation())
    return before, after


def retried(run, engines):
    """The first attempt fails, and Deliver makes another."""
    driver = stopped()
    carry(run, replace(engines, source=ScriptSource(error=BROKEN)))
    driver.machine.run_changed(driver.view(ShownStage.FAILED, message=run.message))
    driver.say(m.DeliverEvaluation())
    request = RunRequest.model_validate(run.request)
    queueing.request_run(run.club, run.speech_id, run.number, run.samples, request)
    carry(run, engines)
    driver.machine.run_changed(driver.view(ShownStage.READY))
    return (driver,)


def handed_on(run, engines):
    """Written by one worker, spoken by another, as on the stack."""
    driver = stopped()
    writer = runner.begin(run.club, str(run.speech_id), run.number)
    assert writer is not None
    assert runner.write(writer, engines)
    carry(run, engines)
    driver.machine.run_changed(driver.view(ShownStage.READY))
    driver.say(m.DeliverEvaluation())
    return (driver,)


WAYS = (in_one_go, retried, handed_on)


def stopped() -> Driver:
    driver = Driver()
    driver.record()
    driver.wait(3, pcm=bytes(32_000))
    driver.stop()
    return driver


def artefacts(run):
    assert run.status == Run.Status.READY
    scripted, sound = outputs.scripted_of(run), outputs.sound_of(run)
    assert scripted is not None
    assert sound is not None
    files = {file.name: bytes(file.content) for file in Output.objects.filter(run=run)}
    return scripted, outputs.roles_of(run), outputs.engines_of(run), sound, files


def assert_told(driver: Driver, given) -> None:
    """The operator's page gets all of it."""
    scripted, roles, _, sound, _ = given
    driver.take()
    delivery = Delivery(
        1, scripted.evaluation, scripted.script, sound.data, sound.seconds, roles=roles
    )
    driver.machine.delivery_loaded(delivery, driver.now)
    sent = driver.sent()
    assert m.EvaluationReady(evaluation=scripted.evaluation, script=scripted.script) in sent
    assert m.RoleResults(results=roles) in sent


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("key", ["no key", "key"])
def test_every_way_leads_to_the_same_and_all_of_it_is_read_everywhere(
    cast, openai, monkeypatch, style, key
):
    # A quick voice: its sound costs the time of the test, and is no matter here.
    chosen = openai if key == "key" else engines(synthesizer=HumSynthesizer(words_per_minute=600))
    with club_scope(cast.club):
        # Nobody works on what is asked for but this test.
        monkeypatch.setattr("evaluations.tasks.evaluate.enqueue", lambda **_ids: None)
        given = []
        for way in WAYS:
            run = asked(cast.club, style)
            drivers = way(run, chosen)
            given.append(artefacts(run))
            for driver in drivers:
                assert_told(driver, given[-1])
        assert given == given[:1] * len(WAYS)
        scripted, roles, served, _, _ = given[0]
        assert served["draft"] == (f"openai:{EVALUATION_MODEL}" if key == "key" else "builtin")
        assert [role.role_id for role in roles] == list(ROLE_IDS)
        assert scripted.evaluation.evaluation_style in {style, None}
        assert bool(scripted.evaluation.style_items) == (style != CLASSIC)
        outputs.keep(run)
        speech = Speech.objects.get(pk=run.speech_id)
        document = document_of(cast.club, speech, kept_run(speech))
    wanted = parts_of(document)
    assert len(wanted) > 20
    for where, text in readings(cast, speech, document):
        missing = [part for part in wanted if squeezed(part) not in squeezed(text)]
        assert not missing, f"{where} lacks {missing}"


def parts_of(document: SpeechDocument) -> list[str]:
    """Every sentence of evaluation, roles, transcript."""
    told = document.evaluation
    assert told is not None
    parts = [told.opening, told.closing, told.style]
    for remark in told.remarks:
        own = [text for part in remark.parts for text in (part.label, part.text)]
        parts += [remark.quote.text, *(own or (remark.summary, remark.explanation))]
    parts += [part.text for part in told.structure]
    for report in document.reports:
        parts += [report.title]
        for section in report.sections:
            parts += [section.heading, *section.content.splitlines()]
    parts += [line.text for line in document.transcript]
    assert {line.text for line in LINES} <= set(parts)
    return [part for part in parts if part.strip()]


def readings(cast, speech, document):
    """Where a speech is read, and what stands there."""
    with club_scope(cast.club):
        owner = Membership.objects.select_related("user", "club").get(user=cast.owner)
        _, token = links.make(owner, speech, 1, timezone.now())
        files = [
            bytes(file.content).decode()
            for file in Output.objects.filter(run__speech=speech)
            if file.content_type.startswith("text/")
        ]
    yield "page", page(cast, reverse("session", args=["anchor", speech.pk]))
    yield "Markdown", unescaped(FORMATS["md"].render(document).decode())
    yield "PDF", plain(render_to_string("export/speech.html", {"document": document}))
    yield "history", "\n".join(files)
    yield "share", plain(Client().get(reverse("shared", args=[token])).content.decode())


def page(cast, address):
    client = Client()
    client.force_login(cast.member)
    return plain(client.get(address).content.decode())


def plain(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", page))


def unescaped(text: str) -> str:
    return re.sub(r"\\(\W)", r"\1", text)


@cache
def squeezed(text: str) -> str:
    """Without what readers set as they like: blanks, and marks around a quote."""
    return re.sub(r"[\W_]+", "", text).casefold()


def test_the_printed_page_holds_what_its_template_says(cast, monkeypatch, tmp_path):
    """Once, for all of them: printing takes a second."""
    if reason := pdf.why_not():
        pytest.skip(reason)
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler-utils is not installed")
    monkeypatch.setattr("evaluations.tasks.evaluate.enqueue", lambda **_ids: None)
    with club_scope(cast.club):
        run = asked(cast.club, "socratic")
        carry(run, engines())
        outputs.keep(run)
        speech = Speech.objects.get(pk=run.speech_id)
        document = document_of(cast.club, speech, kept_run(speech))
    printed = tmp_path / "speech.pdf"
    printed.write_bytes(FORMATS["pdf"].render(document))
    read = subprocess.run(["pdftotext", str(printed), "-"], capture_output=True, check=True)
    text = squeezed(read.stdout.decode())
    assert [part for part in parts_of(document) if squeezed(part) not in text] == []
