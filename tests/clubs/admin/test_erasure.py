"""Erasing a person from the admin."""

from django.test import Client

from clubs.models import (
    ErasureReceipt,
    Membership,
    User,
)
from clubs.models.audit import subject_hash
from clubs.scoping import club_scope
from tests.clubs.admin.browsing import browser


class TestErasure:
    def erase(self, client: Client, cast, user: User, **more: str):
        with club_scope(cast.club):
            member = Membership.objects.get(user=user)
        posted = {"action": "erase", "_selected_action": [member.pk], **more}
        return client.post("/admin/clubs/membership/", posted, follow=True)

    def test_asks_once_more_and_gives_a_receipt(self, cast, officer):
        asked = self.erase(officer, cast, cast.member)
        assert "cannot be undone" in asked.content.decode()
        done = self.erase(officer, cast, cast.member, confirm="erase")
        with club_scope(cast.club):
            receipt = ErasureReceipt.objects.get()
            assert not Membership.objects.filter(user=cast.member).exists()
        assert str(receipt.pk) in done.content.decode()
        assert receipt.by == subject_hash(cast.officer.pk)
        assert User.objects.filter(pk=cast.member.pk).exists()

    def test_nobody_erases_above_themselves(self, cast, officer):
        answer = self.erase(officer, cast, cast.owner, confirm="erase")
        assert "may not remove" in answer.content.decode()
        with club_scope(cast.club):
            assert Membership.objects.filter(user=cast.owner).exists()

    def test_a_club_keeps_an_owner(self, cast):
        answer = self.erase(browser(cast.owner), cast, cast.owner, confirm="erase")
        assert "needs an owner" in answer.content.decode()
        with club_scope(cast.club):
            assert Membership.objects.filter(user=cast.owner).exists()
