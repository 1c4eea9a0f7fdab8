"""Wiring that needs the applications to be loaded."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from clubs.models import Club, User


class SpeechcoachConfig(AppConfig):
    name = "speechcoach"

    def ready(self) -> None:
        from clubs import demo, engines  # noqa: PLC0415 - models are loaded only now
        from speechcoach import checks  # noqa: F401, PLC0415 - registers the checks

        engines.offer_voices(_voices)
        # In this order: a speech that was given has its place on an agenda.
        demo.seeders.extend([_seed_speeches, _seed_meetings])


def _seed_speeches(club: "Club", people: "Mapping[str, User]") -> None:
    from sessions_app.demo import seed_speeches  # noqa: PLC0415
    from speechcoach import providers  # noqa: PLC0415 - engines start only when needed

    seed_speeches(club, people, providers.quick_engines())


def _seed_meetings(club: "Club", people: "Mapping[str, User]") -> None:
    from sessions_app.demo_meetings import seed_meetings  # noqa: PLC0415

    seed_meetings(club, people)


def _voices() -> "Sequence[str]":
    from speechcoach import providers  # noqa: PLC0415 - engines start only when needed

    return list(providers.voices())
