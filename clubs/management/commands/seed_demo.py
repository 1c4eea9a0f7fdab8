"""``manage.py seed_demo``: the demo clubs, their people and their speeches."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clubs import demo


class Command(BaseCommand):
    help = "Makes what is missing of the demo clubs. Needs DEMO_MODE. Safe to run at every start."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--remove",
            action="store_true",
            help="delete the demo people instead, so that their published password opens nothing",
        )
        parser.add_argument(
            "--people", action="store_true", help="make the clubs and their people, no speeches"
        )

    def handle(self, *args: Any, remove: bool, people: bool, **options: Any) -> None:
        if remove:
            gone = demo.remove()
            if options["verbosity"] and gone:
                self.stdout.write(f"Removed {gone} demo people.")
            return
        if not settings.DEMO_MODE:
            raise CommandError(
                "Demo mode is off (DEMO_MODE=0), so no demo people are made: their password is "
                "published. Run with --remove to delete those of an earlier run."
            )
        demo.seed(people_only=people)
        if options["verbosity"]:
            clubs = ", ".join(demo.CLUBS)
            self.stdout.write(f"Demo clubs are ready: {clubs}. Password: {demo.PASSWORD}")
