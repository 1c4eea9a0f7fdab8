"""What a speaker is told: who else hears the voice and reads the words."""

import pytest
from asgiref.sync import async_to_sync
from django.urls import reverse

from clubs.models import ClubEngines, ConsentEvent
from clubs.scoping import club_scope
from sessions_app.contract.consent import TEXT_VERSION, consent_text
from sessions_app.contract.messages import Consent
from sessions_app.live import store
from sessions_app.live.tickets import Ticket
from sessions_app.models import Speech

VENDORS = {
    ("", ""): (TEXT_VERSION, set()),
    ("Deepgram", ""): (f"{TEXT_VERSION}+voice", {"sent to Deepgram", "not to keep it"}),
    ("Deepgram and OpenAI", "OpenAI"): (
        f"{TEXT_VERSION}+voice+words",
        {
            "it is sent to Deepgram and OpenAI.",
            "told not to keep it",
            "OpenAI does not train on it",
        },
    ),
    ("", "OpenAI"): (f"{TEXT_VERSION}+words", {"sent to OpenAI", "up to 30 days"}),
    ("Deepgram", "OpenAI"): (f"{TEXT_VERSION}+voice+words", {"sent to Deepgram", "30 days"}),
    ("", "models.club.example"): (f"{TEXT_VERSION}+words", {"sent to models.club.example"}),
}


@pytest.mark.parametrize("vendors", VENDORS)
def test_the_text_names_who_else_is_told(vendors):
    version, parts = VENDORS[vendors]
    shown = consent_text(*vendors)
    assert shown.version == version
    assert len(version) <= (ConsentEvent._meta.get_field("text_version").max_length or 0)
    assert all(part in shown.text for part in parts)
    assert ("sent to" in shown.text) == any(vendors)
    assert "withdraw at any time" in shown.text


@pytest.mark.django_db(transaction=True)
def test_the_page_shows_and_the_log_keeps_the_same_text(cast, client, settings):
    settings.SPEECHCOACH_VOICE_GOES_TO = "Deepgram"
    with club_scope(cast.club):
        speech = Speech.objects.create(club=cast.club, operator=cast.operator)
    client.force_login(cast.operator)
    page = client.get(reverse("live", args=[cast.club.slug, speech.pk])).content.decode()
    ticket = Ticket(cast.operator.pk, cast.club.pk, "session", str(speech.pk))
    session, _ = store._open_session(ticket, None)
    given = Consent(
        speaker_name="Ada Lovelace",
        consent_confirmed=True,
        consent_timestamp="2026-11-21T10:00:00.000+00:00",
    )
    async_to_sync(session.record_consent)(given)
    with club_scope(cast.club):
        kept = ConsentEvent.objects.get(speech_id=speech.pk)
    assert "sent to Deepgram" in kept.text
    assert kept.text in page
    assert kept.text_version == f"{TEXT_VERSION}+voice"


def test_a_club_that_sends_nothing_to_vendors_names_none(cast, client, settings):
    settings.SPEECHCOACH_VOICE_GOES_TO = "Deepgram"
    with club_scope(cast.club):
        ClubEngines.objects.create(club=cast.club, builtin_only=True)
        speech = Speech.objects.create(club=cast.club, operator=cast.operator)
    client.force_login(cast.operator)
    page = client.get(reverse("live", args=[cast.club.slug, speech.pk])).content.decode()
    assert "Deepgram" not in page
    assert consent_text().text in page
