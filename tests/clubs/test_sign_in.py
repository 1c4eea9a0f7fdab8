"""The ways into an account, and what guards it: on the product's own addresses and templates."""

import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.auth import get_user
from django.core import mail
from django.template.loader import get_template
from django.test import Client

from clubs.models import User
from tests.isolation.routes import Kind, walk

PASSWORD = "sea-and-wind-7"
OURS = str(settings.BASE_DIR / "templates")


@pytest.fixture
def person(cast) -> User:
    cast.member.set_password(PASSWORD)
    cast.member.save()
    EmailAddress.objects.create(
        user=cast.member, email=cast.member.email, verified=True, primary=True
    )
    return cast.member


def sign_in(client: Client, person: User):
    return client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})


def is_in(client: Client) -> bool:
    return bool(get_user(client).is_authenticated)


def totp_code(secret: str) -> str:
    counter = next(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def switch_on(client: Client) -> str:
    """Set up the authenticator app for whoever is signed in; the secret."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    [secret] = re.findall(r'class="secret">([A-Z2-7]+)<', page)
    done = client.post("/accounts/2fa/totp/activate/", {"code": totp_code(secret)})
    assert done.status_code == 302, done.content.decode()
    return secret


class TestByCode:
    def ask(self, client: Client, email: str) -> str:
        client.post("/accounts/login/code/", {"email": email})
        body = str(mail.outbox[-1].body)
        found = re.search(r"^([A-Z0-9]{4}-?[A-Z0-9]{4})$", body, re.MULTILINE)
        return found.group() if found else ""

    def test_comes_by_mail_and_signs_in(self, person, client):
        code = self.ask(client, person.email)
        assert mail.outbox[-1].to == [person.email]
        assert not is_in(client)
        done = client.post("/accounts/login/code/confirm/", {"code": code})
        assert done.headers["location"] == "/"
        assert is_in(client)

    def test_leads_back_to_where_one_wanted_to_be(self, person, client):
        page = client.get("/accounts/login/?next=/clubs/").content.decode()
        assert "/accounts/login/code/?next=%2Fclubs%2F" in page
        client.post("/accounts/login/code/", {"email": person.email, "next": "/clubs/"})
        [code] = re.findall(r"^[A-Z0-9]{4}-?[A-Z0-9]{4}$", str(mail.outbox[-1].body), re.MULTILINE)
        page = client.get("/accounts/login/code/confirm/").content.decode()
        assert 'name="next"' in page
        done = client.post("/accounts/login/code/confirm/", {"code": code, "next": "/clubs/"})
        assert done.headers["location"] == "/clubs/"

    def test_that_is_wrong_signs_nobody_in(self, person, client):
        self.ask(client, person.email)
        page = client.post("/accounts/login/code/confirm/", {"code": "AAAAAA"})
        assert "Incorrect code" in page.content.decode()
        assert not is_in(client)

    def test_does_not_tell_who_has_an_account(self, person, client):
        assert self.ask(client, "nobody@anchor.example") == ""
        assert mail.outbox[-1].subject.endswith("There is no account with this address")
        unknown = client.get("/accounts/login/code/confirm/").content.decode()
        other = Client()
        self.ask(other, person.email)
        known = other.get("/accounts/login/code/confirm/").content.decode()
        token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
        said = [
            token.sub("", page).replace(address, "")
            for page, address in ((unknown, "nobody@anchor.example"), (known, person.email))
        ]
        assert said[0] == said[1]


class TestSecondFactor:
    def test_is_asked_for_after_the_password(self, person, client):
        sign_in(client, person)
        secret = switch_on(client)
        again = Client()
        assert sign_in(again, person).headers["location"].startswith("/accounts/2fa/authenticate/")
        assert not is_in(again)
        assert again.get("/clubs/anchor/").headers["location"].startswith("/accounts/login/")
        again.post("/accounts/2fa/authenticate/", {"code": "000000"})
        assert not is_in(again)
        code = totp_code(secret)
        assert again.post("/accounts/2fa/authenticate/", {"code": code}).headers["location"] == "/"
        assert is_in(again)
        # Whoever looked over the shoulder has it too late.
        third = Client()
        sign_in(third, person)
        third.post("/accounts/2fa/authenticate/", {"code": code})
        assert not is_in(third)

    def test_is_asked_for_after_a_mailed_code_too(self, person, client):
        sign_in(client, person)
        switch_on(client)
        again = Client()
        again.post("/accounts/login/code/", {"email": person.email})
        [code] = re.findall(r"^[A-Z0-9]{4}-?[A-Z0-9]{4}$", str(mail.outbox[-1].body), re.MULTILINE)
        done = again.post("/accounts/login/code/confirm/", {"code": code})
        assert done.headers["location"].startswith("/accounts/2fa/authenticate/")
        assert not is_in(again)

    def test_a_recovery_code_stands_in_once(self, person, client):
        sign_in(client, person)
        switch_on(client)
        page = client.get("/accounts/2fa/recovery-codes/").content.decode()
        codes = re.findall(r"<li><code>(\d+)</code></li>", page)
        assert len(codes) == 10
        for expected in (True, False):
            again = Client()
            sign_in(again, person)
            again.post("/accounts/2fa/authenticate/", {"code": codes[0]})
            assert is_in(again) is expected

    def test_is_guarded_by_the_password(self, person, client):
        client.force_login(person)
        for address in ("totp/activate", "recovery-codes/generate"):
            answer = client.get(f"/accounts/2fa/{address}/")
            assert answer.status_code == 302
        answer = client.get("/accounts/2fa/totp/activate/")
        assert answer.headers["location"].startswith("/accounts/reauthenticate/")

    # It is sent when the row is committed, and asks the request for its host.
    @pytest.mark.django_db(transaction=True)
    def test_is_told_by_mail_on_and_off(self, person, client):
        sign_in(client, person)
        switch_on(client)
        assert "Activated" in str(mail.outbox[0].subject)
        assert "this was changed in your account" in str(mail.outbox[0].body)
        client.post("/accounts/2fa/totp/deactivate/")
        assert "Deactivated" in "".join(str(message.subject) for message in mail.outbox)
        assert sign_in(Client(), person).headers["location"] == "/"

    def test_stands_on_the_account_page(self, person, client):
        sign_in(client, person)
        assert ">off<" in client.get("/accounts/").content.decode()
        switch_on(client)
        assert ">on<" in client.get("/accounts/").content.decode()


class TestAddresses:
    def test_a_new_address_is_confirmed_and_made_the_main_one(self, person, client):
        sign_in(client, person)
        new = "new@anchor.example"
        client.post("/accounts/email/", {"action_add": "", "email": new})
        [message] = [m for m in mail.outbox if m.to == [new]]
        [link] = re.findall(r"/accounts/confirm-email/\S+", str(message.body))
        assert "Yes, confirm" in client.get(link).content.decode()
        client.post(link)
        client.post("/accounts/email/", {"action_primary": "", "email": new})
        person.refresh_from_db()
        assert person.email == new


def test_a_new_password_is_told_by_mail(person, client):
    sign_in(client, person)
    new = dict.fromkeys(["password1", "password2"], "words-on-water-8")
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    assert "password" in mail.outbox[-1].subject.lower()
    assert "this was changed in your account" in str(mail.outbox[-1].body)


def test_every_page_that_the_account_leads_to_has_a_template_of_ours():
    """What allauth shows by itself says things in other words, and asks for scripts we block."""
    foreign = []
    for route in walk():
        if route.kind is not Kind.ACCOUNT:
            continue
        name = getattr(getattr(route.view, "view_class", None), "template_name", None)
        if name and not name.endswith(".txt"):
            origin = Path(get_template(name).template.origin.name)  # type: ignore[attr-defined]
            if not str(origin).startswith(OURS):
                foreign.append(name)
    assert not foreign
