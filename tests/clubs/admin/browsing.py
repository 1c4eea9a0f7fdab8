"""A signed-in browser."""

from django.test import Client

from clubs.models import (
    User,
)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
