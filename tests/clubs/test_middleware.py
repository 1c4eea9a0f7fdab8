"""Each case runs twice: through the WSGI handler and through the ASGI handler."""

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.test import AsyncClient, Client
from django_scopes import get_scope

pytestmark = pytest.mark.urls("tests.clubs.pages")


@pytest.fixture(params=["wsgi", "asgi"])
def visit(request):
    """``visit(user, path, **headers)`` answers the response of one GET."""

    def through_wsgi(user, path, **headers):
        client = Client(raise_request_exception=False)
        if user:
            client.force_login(user)
        return client.get(path, headers=headers)

    def through_asgi(user, path, **headers):
        client = AsyncClient(raise_request_exception=False)
        if user:
            client.force_login(user)
        return async_to_sync(client.get)(path, headers=headers)

    return through_wsgi if request.param == "wsgi" else through_asgi


class TestClub:
    @pytest.mark.parametrize("page", ["", "asynchronous/"])
    def test_is_in_force_while_the_view_runs(self, cast, visit, page):
        assert visit(cast.officer, f"/clubs/anchor/{page}").json() == {
            "scope": "anchor",
            "club": "anchor",
            "role": "officer",
            "members": 4,
        }

    def test_is_in_force_while_a_lazy_template_is_rendered(self, cast, visit):
        assert visit(cast.member, "/clubs/anchor/lazy/").content == b"4"

    @pytest.mark.parametrize("page", ["", "asynchronous/", "broken/", "broken_asynchronously/"])
    def test_is_not_in_force_afterwards(self, cast, visit, page):
        visit(cast.member, f"/clubs/anchor/{page}")
        assert not get_scope()
        assert visit(cast.member, "/outside/").json() == {"scope": False}

    @pytest.mark.parametrize("page", ["", "asynchronous/"])
    def test_of_a_stranger_and_a_made_up_one_are_the_same_404(self, cast, visit, page):
        known = visit(cast.stranger, f"/clubs/anchor/{page}")
        made_up = visit(cast.stranger, f"/clubs/no-such-club/{page}")
        assert known.status_code == made_up.status_code == 404
        assert known.content == made_up.content
        assert known.headers == made_up.headers

    def test_of_a_stranger_is_the_same_404_as_no_address_at_all(self, cast, visit):
        known = visit(cast.stranger, "/clubs/anchor/")
        assert known.content == visit(cast.stranger, "/no/such/address/").content

    @pytest.mark.parametrize("slug", ["anchor", "no-such-club"])
    def test_asks_a_visitor_to_sign_in_and_come_back(self, cast, visit, slug):
        response = visit(None, f"/clubs/{slug}/?tab=2")
        assert response.status_code == 302
        assert response.headers["location"] == f"/accounts/login/?next=/clubs/{slug}/%3Ftab%3D2"

    def test_tells_a_program_that_nobody_is_signed_in(self, cast, visit):
        response = visit(None, "/clubs/anchor/", accept="application/json")
        assert response.status_code == 401
        assert response.json()["error"] == "signed_out"


class TestRefusals:
    @pytest.mark.parametrize("way", ["refusing", "refusing_asynchronously"])
    @pytest.mark.parametrize(
        ("name", "status", "words"),
        [
            ("not_found", 404, b"There is nothing at this address"),
            ("forbidden", 403, b"Your role may not do this."),
            ("bad_request", 400, b"The form is not complete."),
            ("missing_row", 404, b"There is nothing at this address"),
        ],
    )
    def test_are_pages(self, db, visit, way, name, status, words):
        response = visit(None, f"/{way}/{name}/")
        assert response.status_code == status
        assert response.headers["content-type"].startswith("text/html")
        assert words in response.content
        assert b"Membership" not in response.content

    def test_send_a_visitor_to_the_sign_in_page(self, db, visit):
        response = visit(None, "/refusing/signed_out/")
        assert response.headers["location"] == "/accounts/login/?next=/refusing/signed_out/"

    @pytest.mark.parametrize(
        ("name", "status", "code"),
        [
            ("not_found", 404, "not_found"),
            ("forbidden", 403, "forbidden"),
            ("signed_out", 401, "signed_out"),
            ("missing_row", 404, "not_found"),
        ],
    )
    def test_of_the_api_are_json(self, db, visit, name, status, code):
        response = visit(None, f"/api/refusing/{name}/")
        assert response.status_code == status
        assert set(response.json()) == {"error", "message"}
        assert response.json()["error"] == code

    def test_of_the_api_leave_the_browsers_session_cookie_alone(self, client, db):
        """Another tab may have set it anew since this request was sent."""
        client.cookies[settings.SESSION_COOKIE_NAME] = "of-a-session-that-has-ended"
        answer = client.get("/clubs/anchor/", headers={"accept": "application/json"})
        assert answer.status_code == 401
        assert settings.SESSION_COOKIE_NAME not in answer.cookies

    def test_are_json_for_who_accepts_nothing_else(self, db, visit):
        response = visit(None, "/refusing/forbidden/", accept="application/json")
        assert response.json() == {"error": "forbidden", "message": "Your role may not do this."}

    def test_leave_what_is_unexpected_to_the_500_page(self, cast, visit):
        response = visit(cast.member, "/clubs/anchor/broken/")
        assert response.status_code == 500
        assert b"ZeroDivisionError" not in response.content
