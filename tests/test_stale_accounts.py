"""A server on a port that another had before: nobody's cookies of then are its own."""

from tests import server
from tests.server import OPERATOR, forget_accounts


def test_accounts_of_a_port_are_forgotten_with_its_server(monkeypatch):
    there, elsewhere = ("http://127.0.0.1:1", OPERATOR), ("http://127.0.0.1:2", OPERATOR)
    monkeypatch.setattr(server, "_accounts", {there: [], elsewhere: []})
    forget_accounts(there[0])
    assert list(server._accounts) == [elsewhere]
