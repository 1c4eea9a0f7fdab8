"""The project: settings, entry points, and the root in which concrete engines are named."""

from speechcoach.celery import app as celery_app

__all__ = ["celery_app"]
