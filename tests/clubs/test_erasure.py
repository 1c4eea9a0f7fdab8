"""A person of whom everything is held takes all of it along, and is then nowhere any more."""

import io
import json
import logging
import secrets
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client, override_settings
from django_scopes import scopes_disabled

from clubs.erasure import clubs_with_data, erase_account, erase_from_club
from clubs.export import export_person
from clubs.models import AuditEvent, ConsentEvent, ErasureReceipt, Membership, User
from clubs.models.audit import subject_hash
from clubs.models.consent import fingerprint
from clubs.registry import Fate, tables
from clubs.scoping import club_scope
from clubs.tasks import drain
from evaluations.models import Output
from sessions_app.models import AgendaSlot, LegalHold, Speech
from sessions_app.source import vault_key
from sessions_app.vault.memory import MemoryVault
from sessions_app.vault.redis import RedisVault
from speechcoach.errors import ForbiddenError
from tests.cast import Role, join
from tests.clubs.one_of_everything import PASSWORD, fill_club, make_person
from tests.redis_server import own_redis
from tests.test_stack_settings import cache_settings

pytestmark = pytest.mark.django_db(transaction=True)

DEADLINE_SECONDS = 120


@pytest.fixture
def canary() -> str:
    return f"canary{secrets.token_hex(8)}"


@pytest.fixture
def vault(monkeypatch) -> MemoryVault:
    vault = MemoryVault(1024 * 1024)
    monkeypatch.setattr("speechcoach.providers.vault", lambda: vault)
    return vault


def record(vault: MemoryVault, speech: Speech) -> str:
    key = vault_key(speech.club_id, str(speech.pk))
    async_to_sync(vault.append)(key, 0, b"\x01\x00\x02\x00")
    return key


def in_tables(canary: str) -> Iterator[str]:
    """The columns in which the canary stands, in any table of the database."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor:
                for column, value in zip(columns, row, strict=True):
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else None
                    text = raw.decode(errors="replace") if raw is not None else str(value)
                    if canary in text:
                        yield f"{table}.{column}"


def in_files(canary: str) -> list[Path]:
    """Files of ours that hold the canary: what the product writes, and what it serves."""
    folders = [Path(settings.DATA_DIR), Path(settings.STATIC_ROOT), Path(settings.MEDIA_ROOT)]
    files = {
        path
        for folder in folders
        if folder != Path() and folder.is_dir()
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_size < 64 * 1024 * 1024
    }
    return [path for path in files if canary.encode() in path.read_bytes()]


def in_cache(canary: str) -> bool:
    held: dict[str, bytes] = caches["default"]._cache  # type: ignore[attr-defined]
    return canary.encode() in b"".join([*held.values(), *map(str.encode, held)])


def test_the_scan_sees_every_kind_of_column(canary):
    make_person(canary)
    cache.set("anything", canary)
    assert "clubs_user.email" in set(in_tables(canary))
    assert in_cache(canary)


def test_everything_is_exported_and_then_erased(cast, canary, vault, caplog):
    user = make_person(canary)
    speeches = [fill_club(club, user, canary) for club in (cast.club, cast.other)]
    keys = [record(vault, speech) for speech in speeches]
    assert set(clubs_with_data(user)) == {cast.club, cast.other}
    with scopes_disabled():
        empty = [table.name for table in tables() if not table.rows(user).exists()]
    assert not empty, f"tests/clubs/one_of_everything.py makes nothing for {empty}"
    subject = subject_hash(user.pk)

    with zipfile.ZipFile(io.BytesIO(export_person(user))) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    data = json.loads(files["data.json"])
    assert set(data) == {table.name for table in tables()}
    assert len(data["sessions_app.Speech:speaker"]) == 2
    assert data["sessions_app.Speech:speaker"][0]["title"] == f"Title {canary}"
    for speech in speeches:
        for name in ("transcript.txt", "evaluation.txt", "evaluation_audio.mp3"):
            assert files[f"files/{speech.pk}/1/{name}"] == f"{name} {canary}".encode()
    assert f"Title {canary}" in files["read-me.txt"].decode()
    assert user.password not in files["data.json"].decode()

    with caplog.at_level(logging.INFO):
        receipts = erase_account(user, by=user)
        drain(DEADLINE_SECONDS)
    assert list(in_tables(canary)) == []
    assert in_files(canary) == []
    assert not in_cache(canary)
    assert canary not in caplog.text
    assert [async_to_sync(vault.length)(key) for key in keys] == [0, 0]
    with scopes_disabled():
        left = {table.name for table in tables() if table.rows(user).exists()}
        assert left == {table.name for table in tables() if table.fate is Fate.KEPT}
        stored = ErasureReceipt.objects.filter(pk__in=[receipt.pk for receipt in receipts])
        assert {(receipt.club, receipt.subject) for receipt in stored} == {
            (cast.club, subject),
            (cast.other, subject),
            (None, subject),
        }
        [in_club] = stored.filter(club=cast.club)
        assert in_club.counts["sessions_app.Speech"] == {"deleted": 1, "anonymised": 1}
        assert in_club.counts["evaluations.Output"] == {"deleted": 3}
        [whole] = stored.filter(club=None)
        assert whole.counts["clubs.User"] == {"deleted": 1}
        # The proof of consent can be found by whoever gives the name, and by nobody else.
        events = ConsentEvent.objects.filter(
            speaker_fingerprint=fingerprint(cast.club.pk, f"name {canary} ")
        )
        assert [event.confirmed for event in events] == [True]
        # What is somebody else's stays.
        assert Speech.objects.filter(title="somebody else's").count() == 2
        assert AgendaSlot.objects.count() == 4


@pytest.mark.stack
def test_nothing_is_left_in_redis(cast, canary, monkeypatch, tmp_path):
    with own_redis(tmp_path) as url:
        vault = RedisVault(url)
        monkeypatch.setattr("speechcoach.providers.vault", lambda: vault)
        with (
            override_settings(CACHES=cache_settings(url, "speechcoach.cache")),
            redis.Redis.from_url(url) as client,
        ):
            user = make_person(canary)
            speech = fill_club(cast.club, user, canary)
            key = vault_key(cast.club.pk, str(speech.pk))
            async_to_sync(vault.append)(key, 0, b"\x01\x00\x02\x00")
            assert [name for name in client.scan_iter() if key.encode() in name]
            erase_account(user, by=user)
            drain(DEADLINE_SECONDS)
            left = {name: client.dump(name) for name in client.scan_iter()}
            assert not [name for name in left if key.encode() in name]
            assert canary.encode() not in b"".join([*left, *left.values()])


def test_a_club_erases_what_is_its_own_only(cast, canary, vault):
    user = make_person(canary)
    mine, theirs = (fill_club(club, user, canary) for club in (cast.club, cast.other))
    keys = record(vault, mine), record(vault, theirs)
    receipt = erase_from_club(user, cast.club, by=cast.owner)
    drain(DEADLINE_SECONDS)
    assert receipt.by == subject_hash(cast.owner.pk)
    assert User.objects.filter(pk=user.pk).exists()
    with club_scope(cast.club):
        assert not Membership.objects.filter(user=user).exists()
        assert not Output.objects.exists()
    with club_scope(cast.other):
        assert Membership.objects.filter(user=user).exists()
        assert Output.objects.count() == 3
    assert [async_to_sync(vault.length)(key) for key in keys] == [0, 2]


def test_a_held_speech_is_kept_and_counted(cast, canary, vault):
    user = make_person(canary)
    held = fill_club(cast.club, user, canary)
    with club_scope(cast.club):
        LegalHold.objects.create(club=cast.club, speech=held, reason="a complaint")
    [receipt, _] = erase_account(user, by=user)
    drain(DEADLINE_SECONDS)
    assert receipt.held == 1
    with club_scope(cast.club):
        speech = Speech.objects.get(pk=held.pk)
        assert (speech.speaker, speech.title) == (None, f"Title {canary}")
        assert Output.objects.filter(run__speech=held).count() == 3
        assert ConsentEvent.objects.get(speech_id=held.pk).speaker_name == f"Name {canary}"


def test_a_club_is_not_left_without_an_owner(cast, vault):
    with pytest.raises(ForbiddenError):
        erase_from_club(cast.owner, cast.club, by=cast.owner)
    with pytest.raises(ForbiddenError):
        erase_account(cast.owner, by=cast.owner)
    assert User.objects.filter(pk=cast.owner.pk).exists()
    # Alone in a club, one may go.
    erase_account(cast.stranger, by=cast.stranger)
    join(cast.club, User.objects.create_user("second@anchor.example"), Role.OWNER)
    erase_account(cast.owner, by=cast.owner)
    assert not User.objects.filter(pk__in=[cast.owner.pk, cast.stranger.pk]).exists()


class TestPages:
    @pytest.fixture
    def user(self, cast, canary, vault) -> User:
        user = make_person(canary)
        fill_club(cast.club, user, canary)
        return user

    @staticmethod
    def confirmed(user: User) -> Client:
        """A browser whose user has just given their password once more."""
        browser = Client()
        browser.force_login(user)
        answer = browser.post(
            "/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/data/"}
        )
        assert answer.headers["location"] == "/accounts/data/"
        return browser

    @pytest.fixture
    def browser(self, user) -> Client:
        return self.confirmed(user)

    def test_say_what_is_held(self, browser):
        page = browser.get("/accounts/data/").content.decode()
        assert "Speeches (speaker)" in page
        assert "Download everything" in page

    def test_download(self, browser, user, canary):
        answer = browser.post("/accounts/data/export/")
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert canary in archive.read("data.json").decode()
        with scopes_disabled():
            event = AuditEvent.objects.get(action=AuditEvent.Action.EXPORTED)
        assert (event.actor, event.club) == (user.pk, None)

    def test_erase_after_asking_once_more(self, browser, user):
        assert "cannot be undone" in browser.get("/accounts/data/erase/").content.decode()
        assert browser.post("/accounts/data/erase/").status_code == 400
        assert User.objects.filter(pk=user.pk).exists()
        done = browser.post("/accounts/data/erase/", {"confirm": "erase"})
        drain(DEADLINE_SECONDS)
        assert done.status_code == 200
        assert not User.objects.filter(pk=user.pk).exists()
        with scopes_disabled():
            for receipt in ErasureReceipt.objects.filter(counts__has_key="clubs.User"):
                assert str(receipt.pk) in done.content.decode()
        assert browser.get("/accounts/data/").status_code == 302

    @pytest.mark.parametrize("page", ["export", "erase"])
    def test_ask_for_the_password_once_more(self, user, page):
        browser = Client()
        browser.force_login(user)
        answer = browser.post(f"/accounts/data/{page}/", {"confirm": "erase"})
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("/accounts/reauthenticate/")
        assert User.objects.filter(pk=user.pk).exists()
        assert 'type="password"' in browser.get(answer.headers["location"]).content.decode()

    def test_the_last_owner_is_told_what_to_do(self, cast):
        cast.owner.set_password(PASSWORD)
        cast.owner.save()
        browser = self.confirmed(cast.owner)
        answer = browser.post("/accounts/data/erase/", {"confirm": "erase"})
        assert answer.status_code == 400
        assert "only owner" in answer.content.decode()
