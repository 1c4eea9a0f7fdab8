"""The Celery application."""

import os

from celery import Celery

from speechcoach.alive import show_life
from speechcoach.env import Environment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "speechcoach.settings")

app = Celery("speechcoach")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
show_life(Environment().text("ALIVE_FILE"))
