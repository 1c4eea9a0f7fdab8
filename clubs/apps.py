from django.apps import AppConfig


class ClubsConfig(AppConfig):
    name = "clubs"

    def ready(self) -> None:
        from clubs import revocation  # noqa: F401, PLC0415 - models are loaded only now
