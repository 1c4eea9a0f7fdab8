"""Who uses the admin in these tests."""

import pytest
from django.test import Client

from clubs.models import (
    User,
)
from tests.clubs.admin.browsing import browser


@pytest.fixture
def root(db) -> User:
    return User.objects.create_superuser("root@anchor.example")


@pytest.fixture
def officer(cast) -> Client:
    return browser(cast.officer)
