"""What human evaluators write: who may, where it is read, and when it goes."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clubs.models import Membership, RetentionPolicy
from clubs.scoping import club_scope
from evaluations.core.markdown import markdown
from sessions_app import expiry
from sessions_app.documents import document_of, kept_run
from sessions_app.evaluator_notes import notes_on
from sessions_app.models import AgendaSlot, EvaluatorNote, Meeting, Speech
from sessions_app.purge import purge_due
from sessions_app.sharing import links
from sessions_app.stream.memory import MemoryRing
from sessions_app.vault.memory import MemoryVault
from tests.sessions_app.kept import keep_speech
from tests.sessions_app.saved import save_speeches

pytestmark = pytest.mark.django_db

WORDS = {"went_well": "The pause before\nthe <b>challenge</b>.", "to_try": "Look up at the end."}


@pytest.fixture(autouse=True)
def club(cast):
    with club_scope(cast.club):
        yield cast.club


@pytest.fixture
def speech(cast) -> Speech:
    return keep_speech(cast.club)


def send(user, speech, **words):
    client = Client()
    client.force_login(user)
    address = f"/clubs/anchor/sessions/{speech.pk}/evaluate/"
    return client.post(address, words) if words else client.get(address)


def read(user, speech, part=""):
    client = Client()
    client.force_login(user)
    return client.get(f"/clubs/anchor/sessions/{speech.pk}/{part}").content.decode()


def named(club, speech, name):
    meeting = Meeting.objects.create(club=club, title="M", starts_at=timezone.now())
    AgendaSlot.objects.create(
        club=club, meeting=meeting, position=1, speech=speech, evaluator_name=name
    )


@pytest.mark.parametrize(
    ("role", "status"), [("member", 403), ("operator", 302), ("officer", 302), ("owner", 302)]
)
def test_who_runs_meetings_writes(cast, speech, role, status):
    user = getattr(cast, role)
    assert ("Write notes" in read(user, speech)) is (status == 302)
    assert send(user, speech, **WORDS).status_code == status


def test_whom_the_agenda_names_writes_whatever_their_role(cast, club, speech):
    named(club, speech, f" {cast.member.name.upper()}".strip())
    assert "Write notes" in read(cast.member, speech)
    assert send(cast.member, speech, **WORDS).status_code == 302
    assert EvaluatorNote.objects.get().author == cast.member


def test_nobody_evaluates_themselves(cast, club, speech):
    Speech.objects.filter(club=club, pk=speech.pk).update(speaker=cast.owner)
    assert send(cast.owner, speech, **WORDS).status_code == 403


def test_of_a_speech_that_one_may_not_see_there_is_nothing_to_write(cast, club, speech):
    Speech.objects.filter(club=club, pk=speech.pk).update(visibility="speaker")
    named(club, speech, cast.member.name)
    assert send(cast.member, speech, **WORDS).status_code == 404


def test_it_is_read_beside_ours_and_in_every_export(cast, club, speech):
    send(cast.officer, speech, **WORDS)
    page = read(cast.member, speech)
    assert "the &lt;b&gt;challenge&lt;/b&gt;" in page
    assert "A question at the start" in page
    assert "Look up at the end." in read(cast.member, speech, "export.md")
    assert "Look up at the end." in read(cast.member, speech, "export.json")
    document = document_of(club, speech, kept_run(speech))
    assert f"## {cast.officer.name.split()[0]}" in markdown(document)
    assert "<b>" not in re.sub(r"\\<", "", markdown(document))


def test_a_link_shows_only_what_its_author_lets_out(cast, club, speech):
    owner = Membership.objects.select_related("user", "club").get(user=cast.owner)
    _, token = links.make(owner, speech, 1, timezone.now())
    send(cast.officer, speech, **WORDS)
    send(cast.operator, speech, went_well="Out with it.", shared="on")
    shared = html.unescape(Client().get(f"/shared/{token}/").content.decode())
    assert "Out with it." in shared
    assert "Look up" not in shared


def test_each_has_one_and_changes_it_and_empties_it(cast, speech):
    send(cast.officer, speech, **WORDS)
    send(cast.operator, speech, to_try="Slower.")
    send(cast.officer, speech, went_well="", to_try="Another word.")
    assert "Another word." in send(cast.officer, speech).content.decode()
    assert "Slower." not in send(cast.officer, speech).content.decode()
    assert {note.to_try for note in EvaluatorNote.objects.all()} == {"Slower.", "Another word."}
    send(cast.officer, speech, went_well=" ", to_try="")
    assert EvaluatorNote.objects.get().author == cast.operator


def test_a_novel_is_refused(cast, speech):
    answer = send(cast.officer, speech, went_well="x" * 2001)
    assert answer.status_code == 422
    assert not EvaluatorNote.objects.exists()


def test_it_may_be_written_while_the_speech_is_given(cast, club):
    live = Speech.objects.create(club=club, state=Speech.State.RECORDING, title="Live")
    assert send(cast.officer, live, **WORDS).status_code == 302
    assert "Look up at the end." in read(cast.member, live)


@pytest.mark.parametrize("saved", [True, False])
def test_with_what_is_not_saved_it_goes(cast, club, saved):
    speech = keep_speech(club) if saved else Speech.objects.create(club=club)
    send(cast.officer, speech, **WORDS)
    past = timezone.now() - timedelta(seconds=RetentionPolicy.of(club).auto_purge_seconds)
    Speech.objects.filter(club=club, pk=speech.pk).update(purge_after=past)
    purge_due(club, MemoryVault(1_000_000), MemoryRing(), timezone.now())
    assert bool(notes_on(club, speech)) is saved


def test_it_has_the_clock_of_evaluations(cast, club):
    now = timezone.now()
    RetentionPolicy.objects.update_or_create(
        club=club, defaults={"audio_days": 10, "transcript_days": 90, "evaluation_days": 30}
    )
    [speech] = save_speeches(club, 1, now)
    send(cast.officer, speech, **WORDS)
    expiry.run(club, now + timedelta(days=29))
    assert notes_on(club, speech)
    expiry.run(club, now + timedelta(days=30))
    assert Speech.objects.filter(pk=speech.pk).exists()
    assert not notes_on(club, speech)
