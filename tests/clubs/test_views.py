"""The pages themselves; who may reach them at all is asked by tests/isolation."""

import pytest
from django.core import mail
from django.test import Client

from clubs import demo
from clubs.models import User
from tests.cast import Role, join

pytestmark = pytest.mark.urls("tests.clubs.pages")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


class TestHome:
    def test_says_what_this_is_and_where_to_sign_in(self, client, db):
        page = client.get("/").content.decode()
        assert "Speechcoach listens" in page
        assert 'href="/accounts/login/"' in page

    def test_names_the_demo_people_in_demo_mode_only(self, client, db, settings):
        settings.DEMO_MODE = True
        page = client.get("/").content.decode()
        assert demo.PASSWORD in page
        assert all(person.email in page for person in demo.PEOPLE)
        settings.DEMO_MODE = False
        page = client.get("/").content.decode()
        assert demo.PASSWORD not in page
        assert "harbour.example" not in page

    def test_leads_to_the_only_club(self, cast):
        response = signed_in(cast.member).get("/")
        assert response.status_code == 302
        assert response.headers["location"] == "/clubs/anchor/"

    def test_lists_several_clubs(self, cast):
        join(cast.other, cast.member, Role.OFFICER)
        page = signed_in(cast.member).get("/").content.decode()
        assert 'href="/clubs/anchor/"' in page
        assert 'href="/clubs/beacon/"' in page
        assert "officer" in page

    def test_tells_who_is_in_no_club_what_to_do(self, db):
        page = signed_in(User.objects.create_user("new@anchor.example")).get("/").content.decode()
        assert "not in a club yet" in page
        assert "new@anchor.example" in page

    def test_escapes_what_people_wrote(self, cast):
        cast.club.name = "<script>alert(1)</script>"
        cast.club.save()
        join(cast.other, cast.member, Role.MEMBER)
        assert b"<script>alert" not in signed_in(cast.member).get("/").content


class TestPeople:
    def test_are_listed_by_role_and_name(self, cast):
        members = signed_in(cast.member).get("/clubs/anchor/people/").context["members"]
        assert [m.role for m in members] == ["owner", "officer", "operator", "member"]

    @pytest.mark.parametrize(
        ("role", "seen"),
        [("owner", True), ("officer", True), ("operator", False), ("member", False)],
    )
    def test_have_their_addresses_shown_to_who_manages_them(self, cast, role, seen):
        page = signed_in(cast.roles[Role(role)]).get("/clubs/anchor/people/").content.decode()
        others = [user.email for name, user in cast.roles.items() if name != role]
        assert all((email in page) is seen for email in others)

    def test_take_a_fixed_number_of_queries(self, cast, django_assert_num_queries):
        client = signed_in(cast.owner)
        # Session, user, membership, members, open invitations, the clubs in the header.
        with django_assert_num_queries(6):
            client.get("/clubs/anchor/people/")
        for number in range(5):
            join(cast.club, User.objects.create_user(f"{number}@anchor.example"), Role.MEMBER)
        with django_assert_num_queries(6):
            client.get("/clubs/anchor/people/")

    def test_without_a_name_are_not_named_by_their_address(self, cast):
        User.objects.filter(pk=cast.owner.pk).update(name="")
        page = signed_in(cast.member).get("/clubs/anchor/people/").content.decode()
        assert "No name given" in page
        assert cast.owner.email not in page


class TestAccount:
    def test_opens_with_an_address_in_any_case(self, cast):
        cast.member.set_password("sea-and-wind")
        cast.member.save()
        response = Client().post(
            "/accounts/login/", {"login": "MEMBER@Anchor.Example", "password": "sea-and-wind"}
        )
        assert response.headers["location"] == "/"

    def test_is_refused_with_a_wrong_password_in_words(self, cast):
        response = Client().post(
            "/accounts/login/", {"login": "member@anchor.example", "password": "nonsense"}
        )
        assert response.status_code == 200
        assert "errorlist" in response.content.decode()

    def test_is_made_with_a_name_and_leads_to_the_empty_home(self, client, db):
        response = client.post(
            "/accounts/signup/",
            {
                "name": " New Person ",
                "email": "New@anchor.example",
                "password1": "sea-and-wind-7",
                "password2": "sea-and-wind-7",
            },
            follow=True,
        )
        assert User.objects.get().get_full_name() == "New Person"
        assert "not in a club yet" in response.content.decode()
        [message] = mail.outbox
        assert message.subject.endswith("Confirm your e-mail address")

    def test_gets_a_new_password_by_mail(self, cast, client):
        client.post("/accounts/password/reset/", {"email": cast.member.email})
        [message] = mail.outbox
        assert message.to == [cast.member.email]
        [link] = [word for word in message.body.split() if "/password/reset/key/" in word]
        page = client.get(link.removeprefix("http://testserver"), follow=True)
        assert 'name="password1"' in page.content.decode()

    @pytest.mark.parametrize("page", ["login", "signup", "password/reset", "password/reset/done"])
    def test_pages_wear_the_products_frame(self, client, db, page):
        html = client.get(f"/accounts/{page}/").content.decode()
        assert "css/tokens.css" in html
        assert html.count("<h1>") == 1
        assert html.count("<main") == 1

    @pytest.mark.parametrize("page", ["email", "password/change", "logout"])
    def test_pages_of_a_signed_in_person_wear_it_too(self, cast, page):
        html = signed_in(cast.member).get(f"/accounts/{page}/", follow=True).content.decode()
        assert "css/tokens.css" in html
        assert html.count("<h1>") == 1
