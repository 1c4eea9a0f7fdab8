"""``python -m tests.bench``."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "speechcoach.settings")
# Before anything that needs models is imported.
django.setup()

from tests.bench.command import main  # noqa: E402

main()
