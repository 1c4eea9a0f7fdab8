"""History of saved speeches: kept, told from the transcript, and joined for a person."""

import json
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clubs.models import Club, User
from clubs.scoping import club_scope
from evaluations.models import Run, StageResult
from sessions_app.models import RecordingBars, Speech
from sessions_app.source import vault_key
from sessions_app.stream import Entry, Mark, rows
from sessions_app.visibility import Visibility
from speechcoach.providers import live_metrics
from tests.cast import Cast, Role, join
from tests.sessions_app.kept import LINES, keep_speech

pytestmark = pytest.mark.django_db


def asked(user: User, **parameters):
    client = Client()
    client.force_login(user)
    return client.get(reverse("history"), parameters)


def streamed(user: User, speech: Speech, **headers: str):
    client = Client()
    client.force_login(user)
    return client.get(reverse("metrics_stream"), {"speech": str(speech.pk)}, headers=headers)


def keep_bars(club: Club, speech: Speech, bars: list[dict[str, object]], number: int = 1) -> None:
    with club_scope(club):
        texts = [json.dumps(bar) for bar in bars]
        rows.keep_bars(club, str(speech.pk), number, Mark("row", 30), texts)


def a_bar(seq: int, **fields: object) -> dict[str, object]:
    return {
        "seq": seq, "t0": seq, "t1": seq + 1, "rev": 3, "final": True, "words": 2, "fillers": [],
        "pauseSeconds": 0.0, "voicedSeconds": 1.0, "energy": None, "pitch": None, "pace": None,
        **fields,
    }  # fmt: skip


def test_bars_that_were_kept_are_the_history_of_a_speech(cast: Cast):
    speech = keep_speech(cast.club)
    keep_bars(cast.club, speech, [a_bar(0), a_bar(1)])
    answer = asked(cast.member, speech=speech.pk)
    assert answer.json() == {
        "epoch": "row",
        "eid": 30,
        "reset": False,
        "ended": True,
        "timeframe": "1s",
        "bars": [a_bar(0), a_bar(1)],
    }
    assert "no-store" in answer.headers["Cache-Control"]
    assert asked(cast.member, speech=speech.pk, sinceEid="row-30").json()["bars"] == []
    assert asked(cast.member, speech=speech.pk, sinceEid="row-31").json()["reset"]
    [wide] = asked(cast.member, speech=speech.pk, timeframe="1m").json()["bars"]
    assert (wide["words"], wide["rev"], wide["t1"]) == (4, 6, 2)


def test_without_kept_bars_the_transcript_tells_and_nothing_is_invented(cast: Cast):
    speech = keep_speech(cast.club)
    with club_scope(cast.club):
        Run.objects.filter(speech=speech).update(samples=16_000 * 23)
    bars = asked(cast.member, speech=speech.pk).json()["bars"]
    assert [bar["seq"] for bar in bars] == list(range(23))
    assert sum(bar["words"] for bar in bars) == len(" ".join(LINES).split())
    assert [filler["word"] for bar in bars for filler in bar["fillers"]] == ["um"]
    # Two seconds between the lines.
    assert sum(bar["pauseSeconds"] for bar in bars) == pytest.approx(6)
    for bar in bars:
        assert (bar["energy"], bar["pitch"], bar["voicedSeconds"]) == (None, None, None)
        assert bar["pace"]["high"] >= bar["pace"]["low"]


def test_of_what_is_gone_nothing_is_told(cast: Cast):
    speech = keep_speech(cast.club)
    with club_scope(cast.club):
        StageResult.objects.filter(run__speech=speech, stage="transcript").delete()
    assert asked(cast.member, speech=speech.pk).json()["bars"] == []


def test_the_bars_of_the_latest_recording_count(cast: Cast):
    speech = keep_speech(cast.club)
    keep_bars(cast.club, speech, [a_bar(0, words=1)], number=1)
    keep_bars(cast.club, speech, [a_bar(0, words=5)], number=4)
    assert asked(cast.member, speech=speech.pk).json()["bars"][0]["words"] == 5
    with club_scope(cast.club):
        rows.forget_unsaved_bars(cast.club, str(speech.pk))
        assert RecordingBars.objects.get(speech=speech).number == 1


def test_a_recording_that_runs_hides_the_one_before(cast: Cast):
    speech = keep_speech(cast.club, state=Speech.State.RECORDING)
    keep_bars(cast.club, speech, [a_bar(0)])
    assert asked(cast.member, speech=speech.pk).json()["bars"] == []


def test_what_the_ring_has_comes_first(cast: Cast):
    speech = keep_speech(cast.club)
    keep_bars(cast.club, speech, [a_bar(0)])
    ring, key = live_metrics().broadcaster.ring, vault_key(cast.club.pk, str(speech.pk))
    epoch = async_to_sync(ring.begin)(key)
    text = json.dumps(a_bar(0, words=7))
    async_to_sync(ring.put)(key, epoch, [Entry(0, 1, False, text)])
    answer = asked(cast.member, speech=speech.pk).json()
    async_to_sync(ring.drop)(key)
    assert (answer["epoch"], answer["ended"]) == (epoch, False)
    assert answer["bars"][0]["words"] == 7


def test_a_stream_of_a_speech_that_is_over_says_so_and_no_more(cast: Cast):
    speech = keep_speech(cast.club)
    keep_bars(cast.club, speech, [a_bar(0)])
    assert streamed(cast.member, speech).status_code == 204
    assert streamed(cast.member, speech, **{"Last-Event-ID": "row-30"}).status_code == 204
    behind = streamed(cast.member, speech, **{"Last-Event-ID": "lost-12"})
    assert behind.status_code == 200

    async def read() -> str:
        return b"".join([piece async for piece in behind.streaming_content]).decode()

    body = async_to_sync(read)()
    assert [line for line in body.splitlines() if line.startswith(("event", "id"))] == [
        "id: row-30",
        "event: reset",
        "id: row-30",
        "event: end",
    ]


@pytest.mark.parametrize("visibility", Visibility)
def test_who_sees_the_speech_sees_its_chart(cast: Cast, visibility):
    speech = keep_speech(cast.club, visibility=visibility, operator=cast.operator)
    page = reverse("session", args=[cast.club.slug, speech.pk])
    for user in (*cast.roles.values(), cast.stranger):
        client = Client()
        client.force_login(user)
        sees = client.get(page).status_code
        assert asked(user, speech=speech.pk).status_code == sees
        assert streamed(user, speech).status_code == {200: 204}.get(sees, sees)
        watch = reverse("watch", args=[cast.club.slug, speech.pk])
        assert client.get(watch).status_code == sees


def test_a_person_of_several_clubs_finds_the_speech_in_its_own(cast: Cast):
    join(cast.club, cast.stranger, Role.MEMBER)
    for club in (cast.club, cast.other):
        speech = keep_speech(club)
        assert asked(cast.stranger, speech=speech.pk).json()["bars"]


def test_a_suspended_club_shows_nothing(cast: Cast):
    speech = keep_speech(cast.club)
    Club.objects.filter(pk=cast.club.pk).update(suspended_at=timezone.now())
    assert asked(cast.member, speech=speech.pk).status_code == 403
    assert asked(cast.stranger, speech=speech.pk).status_code == 404


def test_a_persons_last_speeches_stand_on_one_axis(cast: Cast):
    now = timezone.now()
    for day in range(7):
        speech = keep_speech(
            cast.club, speaker=cast.member, title=f"{day}", recorded_at=now + timedelta(days=day)
        )
        keep_bars(cast.club, speech, [a_bar(seq) for seq in range(70 if day == 3 else 3)])
    answer = asked(cast.officer, speaker=cast.member.pk, club=cast.club.slug).json()
    assert [one["title"] for one in answer["speeches"]] == ["2", "3", "4", "5", "6"]
    assert [one["t0"] for one in answer["speeches"]] == [0, 60, 180, 240, 300]
    seqs = [bar["seq"] for bar in answer["bars"]]
    assert seqs == sorted(set(seqs))
    assert all(bar["seq"] == bar["t0"] == bar["t1"] - 1 for bar in answer["bars"])
    assert {bar["speech"] for bar in answer["bars"]} == {
        one["speech"] for one in answer["speeches"]
    }
    wide = asked(cast.officer, speaker=cast.member.pk, timeframe="1m").json()["bars"]
    assert [bar["seq"] for bar in wide] == [0, 60, 120, 180, 240, 300]


def test_of_a_person_only_what_the_asker_may_see_is_joined(cast: Cast):
    keep_speech(cast.club, speaker=cast.officer, visibility=Visibility.SPEAKER)
    shown = keep_speech(cast.club, speaker=cast.officer)
    told = asked(cast.member, speaker=cast.officer.pk).json()["speeches"]
    assert [one["speech"] for one in told] == [str(shown.pk)]
    assert len(asked(cast.owner, speaker=cast.officer.pk).json()["speeches"]) == 2
    assert asked(cast.owner, speaker=cast.member.pk).json()["speeches"] == []
    for who in (cast.officer.pk, 990_003):
        answer = asked(cast.stranger, speaker=who)
        assert answer.status_code == 404
        assert answer.json() == asked(cast.stranger, speaker=990_004).json()
    named = asked(cast.stranger, speaker=cast.officer.pk, club=cast.club.slug)
    assert named.status_code == 404


def test_the_watch_page_is_told_what_it_needs(cast: Cast):
    speech = keep_speech(cast.club, speaker=cast.member)
    client = Client()
    client.force_login(cast.member)
    context = client.get(reverse("watch", args=[cast.club.slug, speech.pk])).context
    assert context["state"] == "ended"
    assert context["history_url"] == f"/api/history?speech={speech.pk}"
    assert context["stream_url"] == f"/stream/metrics?speech={speech.pk}"
    member, club = cast.member.pk, cast.club.slug
    address = f"/api/history?speaker={member}&club={club}&timeframe=15s"
    assert context["speaker_history_url"] == address
    assert context["speaker"] == member
    with club_scope(cast.club):
        Speech.objects.filter(pk=speech.pk).update(state=Speech.State.RECORDING)
    assert client.get(context["request"].path).context["state"] == "live"
