"""What a transcriber is told of a speech before it hears it."""

import pytest
from django.db import DatabaseError

from clubs.scoping import club_scope
from evaluations.core.shapes import MeetingFacts, ProjectContext
from sessions_app import vocabulary
from sessions_app.contract.messages import Consent
from sessions_app.core.setup import Setup
from sessions_app.files import key_terms
from sessions_app.models import Speech
from sessions_app.vocabulary import context_of, member_names

SETUP = Setup(
    consent=Consent(speaker_name="Ada Lovelace", consent_confirmed=True, consent_timestamp=""),
    project=ProjectContext(speech_title="The River", objectives=("Vocal variety",)),
)


@pytest.fixture
def clubs(cast):
    """The operator's club and the stranger's, each with a member whose name nobody else has."""
    for person, name in ((cast.owner, "Nkechi Okafor"), (cast.stranger, "Zygmunt Stray")):
        person.name = name
        person.save()
    return cast


async def asked(clubs, **changes):
    speech_id = changes.pop("speech_id", "00000000-0000-0000-0000-000000000000")
    return await context_of(clubs.club.pk, speech_id, SETUP, 320, **changes)


@pytest.mark.django_db(transaction=True)
async def test_captions_expect_speaker_title_objectives_and_the_clubs_own_members(clubs):
    context = await asked(clubs)
    assert context.key_terms[:3] == ("Ada Lovelace", "The River", "Vocal variety")
    assert "Nkechi Okafor" in context.key_terms
    assert "Zygmunt Stray" not in context.key_terms
    assert (context.start_sample, context.club_id) == (320, clubs.club.pk)


@pytest.mark.django_db(transaction=True)
async def test_captions_do_not_wait_for_rows(clubs, monkeypatch):
    def gone(*_args):
        raise DatabaseError("server closed the connection")

    monkeypatch.setattr(vocabulary, "_around", gone)
    assert (await asked(clubs)).key_terms == ("Ada Lovelace", "The River", "Vocal variety")


def test_the_final_transcript_expects_the_same_and_the_word_of_the_day(clubs):
    with club_scope(clubs.club):
        speech = Speech(club=clubs.club, speaker_name="Ada Lovelace", title="The River")
        terms = key_terms(speech, MeetingFacts(word_of_the_day="ephemeral"))
        assert terms[:3] == ("Ada Lovelace", "ephemeral", "The River")
        assert "Nkechi Okafor" in terms
        assert set(member_names(clubs.club.pk)) <= set(terms)
    assert "Zygmunt Stray" not in terms
