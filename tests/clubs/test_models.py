import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.deletion import ProtectedError
from django_scopes.exceptions import ScopeError

from clubs.models import AppendOnlyError, Club, ConsentEvent, Membership, RetentionPolicy, User
from clubs.scoping import club_scope


def consent(club: Club, **changes) -> ConsentEvent:
    facts = {
        "speech_id": uuid.uuid4(),
        "speaker_name": "Maya",
        "confirmed": True,
        "text_version": "1",
        "text": "I agree to be recorded.",
        "recorded_by": 7,
    }
    with club_scope(club):
        return ConsentEvent.objects.create(club=club, **facts | changes)


class TestUser:
    def test_is_found_by_address_whatever_its_case(self, db):
        user = User.objects.create_user("Maya@Harbour.Example", "words")
        assert user.email == "maya@harbour.example"
        assert User.objects.get_by_natural_key("MAYA@harbour.example") == user

    def test_has_an_address_of_their_own_whatever_its_case(self, db):
        User.objects.create_user("maya@harbour.example")
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user("MAYA@harbour.example")

    def test_the_database_itself_compares_without_case(self, db):
        User.objects.create_user("maya@harbour.example")
        with pytest.raises(IntegrityError), transaction.atomic():
            # What bypasses save(): a bulk insert, another client of the database.
            User.objects.bulk_create([User(email="MAYA@harbour.example", password="!")])

    def test_needs_an_address(self, db):
        with pytest.raises(ValueError, match="e-mail"):
            User.objects.create_user("")

    def test_without_a_password_cannot_sign_in_with_any(self, db):
        assert not User.objects.create_user("maya@harbour.example").has_usable_password()

    def test_a_superuser_may_enter_the_admin(self, db):
        user = User.objects.create_superuser("root@harbour.example", "words")
        assert user.is_staff
        assert user.is_superuser

    @pytest.mark.parametrize(("name", "shown"), [("Maya", "Maya"), ("", "m@harbour.example")])
    def test_is_called_by_name_or_address(self, name, shown):
        assert User(email="m@harbour.example", name=name).get_full_name() == shown


class TestScope:
    def test_a_query_sees_the_rows_of_the_club_in_force(self, cast):
        with club_scope(cast.club):
            assert Membership.objects.count() == 4
        with club_scope(cast.other):
            assert [m.user for m in Membership.objects.select_related("user")] == [cast.stranger]

    def test_the_way_round_by_a_relation_is_scoped_too(self, cast):
        with club_scope(cast.other):
            assert not cast.club.memberships.exists()
        with pytest.raises(ScopeError):
            list(cast.club.memberships.all())

    def test_ends_with_its_block(self, cast):
        with club_scope(cast.club):
            pass
        with pytest.raises(ScopeError):
            list(Membership.objects.all())

    def test_an_inner_scope_replaces_the_outer_and_gives_it_back(self, cast):
        with club_scope(cast.club):
            with club_scope(cast.other):
                assert Membership.objects.count() == 1
            assert Membership.objects.count() == 4


class TestMembership:
    def test_is_one_per_person_and_club(self, cast):
        with club_scope(cast.club), pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(club=cast.club, user=cast.member, role="owner")

    def test_a_person_may_be_in_several_clubs(self, cast):
        with club_scope(cast.other):
            assert Membership.objects.create(club=cast.other, user=cast.member).role == "member"


class TestRetentionPolicy:
    def test_of_a_club_without_one_is_the_default_and_is_not_stored(self, cast):
        with club_scope(cast.club):
            assert RetentionPolicy.of(cast.club).auto_purge_seconds == 600
            assert not RetentionPolicy.objects.exists()

    def test_of_a_club_is_the_clubs(self, cast):
        with club_scope(cast.club):
            RetentionPolicy.objects.create(club=cast.club, auto_purge_seconds=120)
            assert RetentionPolicy.of(cast.club).auto_purge_seconds == 120

    @pytest.mark.parametrize(("seconds", "fits"), [(59, 0), (60, 1), (86_400, 1), (86_401, 0)])
    def test_has_bounds_in_the_form_and_in_the_database(self, cast, seconds, fits):
        with club_scope(cast.club):
            policy = RetentionPolicy(club=cast.club, auto_purge_seconds=seconds)
            if fits:
                policy.full_clean()
                policy.save()
                return
            with pytest.raises(ValidationError):
                policy.clean_fields()
            with pytest.raises(IntegrityError), transaction.atomic():
                policy.save()


class TestConsentEvent:
    def test_keeps_the_words_that_were_shown(self, cast):
        event = consent(cast.club)
        with club_scope(cast.club):
            stored = ConsentEvent.objects.get(pk=event.pk)
        assert (stored.text_version, stored.text) == ("1", "I agree to be recorded.")

    def test_is_never_changed(self, cast):
        event = consent(cast.club)
        event.confirmed = False
        with pytest.raises(AppendOnlyError):
            event.save()
        with club_scope(cast.club):
            with pytest.raises(AppendOnlyError):
                ConsentEvent.objects.update(confirmed=False)
            with pytest.raises(AppendOnlyError):
                ConsentEvent.objects.bulk_update([event], ["confirmed"])
            assert ConsentEvent.objects.get().confirmed

    def test_is_never_overwritten_under_its_own_key(self, cast):
        event = consent(cast.club)
        with pytest.raises(IntegrityError), transaction.atomic():
            consent(cast.club, pk=event.pk, confirmed=False)

    def test_is_never_removed(self, cast):
        event = consent(cast.club)
        with pytest.raises(AppendOnlyError):
            event.delete()
        with club_scope(cast.club), pytest.raises(AppendOnlyError):
            ConsentEvent.objects.filter(pk=event.pk).delete()

    def test_outlives_who_recorded_it(self, cast):
        event = consent(cast.club, recorded_by=cast.operator.pk)
        cast.operator.delete()
        with club_scope(cast.club):
            assert ConsentEvent.objects.filter(pk=event.pk).exists()

    def test_keeps_its_club_from_being_deleted(self, cast):
        consent(cast.club)
        with pytest.raises(ProtectedError):
            cast.club.delete()
