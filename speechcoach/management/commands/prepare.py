"""Bring the database to where this version needs it: once for each deployment, before all else."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command


class Command(BaseCommand):
    help = "Migrate, and seed the demo clubs where demo mode is on (else remove them)."
    requires_system_checks = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--people", action="store_true", help="Of the demo clubs only the clubs and people."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        if settings.DEMO_MODE:
            call_command("seed_demo", people=options["people"], verbosity=0)
        else:
            call_command("seed_demo", remove=True, verbosity=0)
