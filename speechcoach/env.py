"""Reading the environment: every variable the product knows, with its type and its default.

Values are stripped, because a secret pasted with a trailing newline breaks headers in ways nobody
can read. ``.env.example`` documents the same names; a test compares the two.
"""

from pathlib import Path

import environ

from speechcoach.model_table import (
    DEFAULT_EVALUATION_MODEL,
    DEFAULT_REALTIME_MODEL,
    DEFAULT_REALTIME_VOICE,
    DEFAULT_SPEECH_MODEL,
    DEFAULT_TRANSCRIPTION_MODEL,
    DEFAULT_VOICE,
)

BASE_DIR = Path(__file__).resolve().parent.parent

SCHEMA: dict[str, tuple[type, object]] = {
    "SECRET_KEY": (str, ""),
    "SECRET_KEY_FILE": (str, ""),
    "DEBUG": (bool, True),
    "DEMO_MODE": (bool, True),
    "HOST": (str, "127.0.0.1"),
    "PORT": (int, 8000),
    "ALLOWED_HOSTS": (list, ["localhost", "127.0.0.1", "[::1]"]),
    "ALLOWED_ORIGINS": (list, []),
    "DATABASE_URL": (str, ""),
    "REDIS_URL": (str, ""),
    "BROKER_URL": (str, ""),
    "DATA_DIR": (str, "var"),
    "STATIC_ROOT": (str, "staticfiles"),
    "ALIVE_FILE": (str, ""),
    "DRAIN_SECONDS": (float, 0.0),
    "AUDIO_MAX_LEAD_SECONDS": (float, 10.0),
    "EVALUATIONS_PER_DAY": (int, 200),
    "COACH_MINUTES_PER_DAY": (int, 120),
    "COACH_CLUB_MINUTES_PER_DAY": (int, 1200),
    "COACH_IDLE_SECONDS": (float, 600.0),
    "MAX_SOCKETS_PER_CLUB": (int, 50),
    "MAX_SOCKETS_PER_USER": (int, 10),
    "RUN_BEAT_SECONDS": (float, 3.0),
    "SPEECH_DETECTOR": (str, "energy"),
    "TRANSCRIBER": (str, "auto"),
    "TRANSCRIBER_PROCESSES": (int, 0),
    "FINAL_TRANSCRIBER": (str, "auto"),
    "VAULT_MAX_MIB": (int, 1024),
    "UPLOAD_MAX_MIB": (int, 256),
    "OPENAI_API_KEY": (str, ""),
    "OPENAI_BASE_URL": (str, ""),
    "OPENAI_EVALUATION_API": (str, "auto"),
    "OPENAI_EVALUATION_MODEL": (str, DEFAULT_EVALUATION_MODEL),
    "OPENAI_TRANSCRIPTION_MODEL": (str, DEFAULT_TRANSCRIPTION_MODEL),
    "OPENAI_SPEECH_MODEL": (str, DEFAULT_SPEECH_MODEL),
    "OPENAI_VOICE": (str, DEFAULT_VOICE),
    "OPENAI_PRICES": (list, []),
    "OPENAI_REALTIME_MODEL": (str, DEFAULT_REALTIME_MODEL),
    "OPENAI_REALTIME_VOICE": (str, DEFAULT_REALTIME_VOICE),
    "DEEPGRAM_API_KEY": (str, ""),
    "DEEPGRAM_BASE_URL": (str, ""),
    "DEEPGRAM_MODEL": (str, "nova-3"),
    "DEEPGRAM_FINAL_MODEL": (str, "nova-3"),
    "EMAIL_URL": (str, "consolemail://"),
    "DEFAULT_FROM_EMAIL": (str, "speechcoach <noreply@localhost>"),
    "LOG_LEVEL": (str, "INFO"),
    "LOG_FORMAT": (str, "plain"),
    "METRICS_TOKEN": (str, ""),
    "OTEL_EXPORTER_OTLP_ENDPOINT": (str, ""),
}


class Environment:
    """Typed, stripped access to the variables in :data:`SCHEMA`, and to no others."""

    def __init__(self, dotenv: Path | None = BASE_DIR / ".env") -> None:
        self._env = environ.Env(**SCHEMA)
        if dotenv is not None and dotenv.exists():
            self._env.read_env(dotenv)

    def text(self, name: str) -> str:
        return str(self._env(name)).strip()

    def flag(self, name: str) -> bool:
        return bool(self._env(name))

    def integer(self, name: str) -> int:
        return int(self._env(name))

    def number(self, name: str) -> float:
        return float(self._env(name))

    def items(self, name: str) -> list[str]:
        return [item.strip() for item in self._env(name) if item.strip()]

    def database(self, default: str) -> dict[str, object]:
        """Django's description of DATABASE_URL, or of ``default`` where it is not set."""
        return dict(environ.Env.db_url_config(self.text("DATABASE_URL") or default))

    def email(self) -> dict[str, object]:
        return dict(environ.Env.email_url_config(self.text("EMAIL_URL")))
