from django.apps import AppConfig


class SessionsConfig(AppConfig):
    name = "sessions_app"
    verbose_name = "speech sessions"

    def ready(self) -> None:
        from sessions_app import saving  # noqa: PLC0415 - models are loaded only now

        saving.follow_runs()
