"""Django settings. Every difference between the embedded and the production stack is a variable."""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from speechcoach.env import BASE_DIR, Environment

env = Environment()

DATA_DIR = BASE_DIR / env.text("DATA_DIR")
DEBUG = env.flag("DEBUG")
DEMO_MODE = env.flag("DEMO_MODE")


def _secret_key() -> str:
    """The configured key, or the one in a file, which is made where it is not there yet."""
    if key := env.text("SECRET_KEY"):
        return key
    file = env.text("SECRET_KEY_FILE")
    if not DEBUG and not file:
        raise ImproperlyConfigured("SECRET_KEY or SECRET_KEY_FILE must be set when DEBUG is off.")
    path = Path(file) if file else DATA_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text().strip()


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS")
if env.text("HOST") not in {*ALLOWED_HOSTS, "0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, env.text("HOST")]

# Full origins that may open a socket. Empty: the page's own origin only.
ALLOWED_ORIGINS = env.items("ALLOWED_ORIGINS")
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
# Where links in mails lead that no request asked for.
SPEECHCOACH_ORIGIN = (
    ALLOWED_ORIGINS[0] if ALLOWED_ORIGINS else f"http://{env.text('HOST')}:{env.integer('PORT')}"
)

INSTALLED_APPS = [
    # Before daphne: its ``runserver`` is ours.
    "speechcoach",
    "daphne",
    "clubs.admin_app.ClubAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    # Its templates, among which ours are looked for first.
    "django.forms",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "channels",
    "csp",
    "clubs",
    "evaluations",
    "sessions_app",
]

MIDDLEWARE = [
    "speechcoach.health.probes_first",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clubs.middleware.ErrorMiddleware",
    "clubs.middleware.ClubMiddleware",
]

ROOT_URLCONF = "speechcoach.urls"
ASGI_APPLICATION = "speechcoach.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clubs.context_processors.my_clubs",
            ],
        },
    },
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.database(f"sqlite:///{DATA_DIR / 'speechcoach.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue at BEGIN instead of failing when a read transaction wants to write.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["ENGINE"] = "speechcoach.postgres"
    # Under ASGI a connection is no request's own: a pool, and none kept by a thread. It tries again
    # after one, two, four ... seconds: after `reconnect_timeout` from the first again.
    DATABASES["default"]["OPTIONS"] = {
        "pool": {"min_size": 1, "max_size": 16, "timeout": 20, "reconnect_timeout": 20}
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by all web processes: captured audio, tickets, rate limits, groups. Empty: this process's.
REDIS_URL = env.text("REDIS_URL")
CACHES: dict[str, dict[str, object]]
CHANNEL_LAYERS: dict[str, dict[str, object]]
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "speechcoach.cache.SharedRedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "speechcoach.cache",
            # A Redis that is there and says nothing must not hold anybody up for ever.
            "OPTIONS": {"socket_timeout": 5.0, "socket_connect_timeout": 5.0},
        }
    }
    CHANNEL_LAYERS = {
        "default": {
            # Its subscriptions survive a restart of Redis; the queueing layer's consumers do not.
            "BACKEND": "speechcoach.shared_groups.SharedChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": "speechcoach.groups"},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "speechcoach.groups.LocalChannelLayer"}}

AUTH_USER_MODEL = "clubs.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "clubs.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_SESSION_REMEMBER = True
# A mail tells of a new password, another address, or a second factor switched on or off.
ACCOUNT_EMAIL_NOTIFICATIONS = True
# A code by mail signs in as well as the password; a second factor is asked for after either.
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Speechcoach"
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"

EMAIL_CONFIG = env.email()
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL")

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / env.text("STATIC_ROOT")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "speechcoach.static.HashedModuleStorage",
    },
}

# Never to a disk: what comes in a request may be somebody's voice. Larger bodies are refused
# before they are read (``speechcoach.bodies``).
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "media-src": ["'self'", "blob:"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    },
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "microphone": ["self"],
    "camera": [],
    "geolocation": [],
    "payment": [],
    "usb": [],
    "display-capture": [],
    "screen-wake-lock": ["self"],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Who names their own origins, and all of them with http://, serves one machine or a laboratory.
_plain = bool(ALLOWED_ORIGINS) and all(each.startswith("http://") for each in ALLOWED_ORIGINS)
if not DEBUG and not _plain:
    SECURE_SSL_REDIRECT = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Celery. Embedded: tasks run in threads of this process (clubs.tasks.ClubTask).
CELERY_BROKER_URL = env.text("BROKER_URL") or "memory://"
CELERY_TASK_ALWAYS_EAGER = not env.text("BROKER_URL")
# A worker logs as LOGGING says: its own handlers would not redact.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A message goes when its task is done, so that a worker that dies hands it back; what must not be
# done twice is guarded by the rows (docs/decisions/0009-tasks-that-survive.md).
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Results are rows.
CELERY_TASK_IGNORE_RESULT = True
# Far above what any recording takes: what hangs loses its claim long before.
CELERY_TASK_SOFT_TIME_LIMIT = 25 * 60
CELERY_TASK_TIME_LIMIT = CELERY_TASK_SOFT_TIME_LIMIT + 30
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Just above: earlier, a task that still runs would be given to another worker as well.
    "visibility_timeout": CELERY_TASK_TIME_LIMIT + 30,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # A Redis that is there and says nothing must not hold a web process up for ever.
    "socket_timeout": 10.0,
    "socket_connect_timeout": 5.0,
}
# A broker may be away for as long as it likes; the work waits for it in the rows.
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CHANNEL_ERROR_RETRY = True
# What runs while the broker is away is not thrown away with it: claims keep its message, when it
# comes a second time, from doing anything a second time.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_TASK_DEFAULT_QUEUE = "housekeep"
CELERY_TASK_ROUTES = {
    "evaluations.tasks.evaluate": {"queue": "evaluate"},
    "evaluations.tasks.speak": {"queue": "speak"},
    "sessions_app.tasks.extract_upload": {"queue": "evaluate"},
}
# How often whoever works on a run says so. After three times without a sign it is given to another.
SPEECHCOACH_RUN_BEAT_SECONDS = env.number("RUN_BEAT_SECONDS")
# A round that no worker took in time is not owed: the next one does the same.
CELERY_BEAT_SCHEDULE = {
    name: {"task": task, "schedule": seconds, "options": {"expires": 3 * seconds}}
    for name, task, seconds in (
        ("reap", "evaluations.tasks.reap", SPEECHCOACH_RUN_BEAT_SECONDS),
        ("purge", "sessions_app.tasks.purge_every_club", 10.0),
        ("expire", "sessions_app.tasks.expire_every_club", 60.0),
    )
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]

SPEECHCOACH_METRICS_TOKEN = env.text("METRICS_TOKEN")
SPEECHCOACH_DRAIN_SECONDS = env.number("DRAIN_SECONDS")
SPEECHCOACH_AUDIO_MAX_LEAD_SECONDS = env.number("AUDIO_MAX_LEAD_SECONDS")
SPEECHCOACH_EVALUATIONS_PER_DAY = env.integer("EVALUATIONS_PER_DAY")
SPEECHCOACH_MAX_SOCKETS_PER_USER = env.integer("MAX_SOCKETS_PER_USER")
SPEECHCOACH_MAX_SOCKETS_PER_CLUB = env.integer("MAX_SOCKETS_PER_CLUB")
SPEECHCOACH_VAULT_MAX_MIB = env.integer("VAULT_MAX_MIB")
SPEECHCOACH_UPLOAD_MAX_MIB = env.integer("UPLOAD_MAX_MIB")
# "auto" (Deepgram where there is a key, else built in), one of them by name, or "scripted:FILE"
# for tests and demonstrations.
SPEECHCOACH_TRANSCRIBER = env.text("TRANSCRIBER")
# "auto" (who gives the captions), "builtin", or "openai".
SPEECHCOACH_FINAL_TRANSCRIBER = env.text("FINAL_TRANSCRIBER")
SPEECHCOACH_SPEECH_DETECTOR = env.text("SPEECH_DETECTOR")
SPEECHCOACH_TRANSCRIBER_PROCESSES = env.integer("TRANSCRIBER_PROCESSES")
SPEECHCOACH_DEEPGRAM_API_KEY = env.text("DEEPGRAM_API_KEY")
SPEECHCOACH_DEEPGRAM_BASE_URL = env.text("DEEPGRAM_BASE_URL")
SPEECHCOACH_DEEPGRAM_MODEL = env.text("DEEPGRAM_MODEL")
SPEECHCOACH_DEEPGRAM_FINAL_MODEL = env.text("DEEPGRAM_FINAL_MODEL")

# OpenAI, or a server that speaks its API: in use where there is a key or an address.
SPEECHCOACH_OPENAI_API_KEY = env.text("OPENAI_API_KEY")
SPEECHCOACH_OPENAI_BASE_URL = env.text("OPENAI_BASE_URL")
SPEECHCOACH_OPENAI_EVALUATION_API = env.text("OPENAI_EVALUATION_API")
SPEECHCOACH_OPENAI_EVALUATION_MODEL = env.text("OPENAI_EVALUATION_MODEL")
SPEECHCOACH_OPENAI_TRANSCRIPTION_MODEL = env.text("OPENAI_TRANSCRIPTION_MODEL")
SPEECHCOACH_OPENAI_SPEECH_MODEL = env.text("OPENAI_SPEECH_MODEL")
SPEECHCOACH_OPENAI_VOICE = env.text("OPENAI_VOICE")
SPEECHCOACH_OPENAI_PRICES = env.items("OPENAI_PRICES")
# The voice coach. Empty: the built-in one.
SPEECHCOACH_OPENAI_REALTIME_MODEL = env.text("OPENAI_REALTIME_MODEL")
SPEECHCOACH_OPENAI_REALTIME_VOICE = env.text("OPENAI_REALTIME_VOICE")
SPEECHCOACH_COACH_MINUTES_PER_DAY = env.integer("COACH_MINUTES_PER_DAY")
SPEECHCOACH_COACH_CLUB_MINUTES_PER_DAY = env.integer("COACH_CLUB_MINUTES_PER_DAY")
SPEECHCOACH_COACH_IDLE_SECONDS = env.number("COACH_IDLE_SECONDS")

# Who else hears a speaker or reads their words, as the consent text names them; "": nobody.
_deepgram = urlsplit(SPEECHCOACH_DEEPGRAM_BASE_URL).hostname or "Deepgram"
_openai = urlsplit(SPEECHCOACH_OPENAI_BASE_URL).hostname or "OpenAI"
_asks_openai = bool(SPEECHCOACH_OPENAI_API_KEY or SPEECHCOACH_OPENAI_BASE_URL)
_hears = []
if SPEECHCOACH_DEEPGRAM_API_KEY and SPEECHCOACH_TRANSCRIBER in {"auto", "deepgram"}:
    _hears.append(_deepgram)
if _asks_openai and SPEECHCOACH_FINAL_TRANSCRIBER == "openai":
    _hears.append(_openai)
SPEECHCOACH_VOICE_GOES_TO = " and ".join(dict.fromkeys(_hears))
SPEECHCOACH_WORDS_GO_TO = _openai if _asks_openai else ""
SPEECHCOACH_COACH_GOES_TO = _openai if _asks_openai and SPEECHCOACH_OPENAI_REALTIME_MODEL else ""

if env.text("LOG_FORMAT") not in {"plain", "json"}:
    raise ImproperlyConfigured('LOG_FORMAT must be "plain" or "json".')
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "redact": {"()": "speechcoach.logs.Redact"},
        "about": {"()": "speechcoach.logs.About"},
    },
    "formatters": {
        "plain": {
            "()": "speechcoach.logs.WordlessFormatter",
            "format": "{asctime} {levelname} {name} {ids}{message}",
            "style": "{",
            # Of records that came by no handler's filter.
            "defaults": {"ids": ""},
        },
        "json": {"()": "speechcoach.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": env.text("LOG_FORMAT"),
            "filters": ["redact", "about"],
        }
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL")},
    "loggers": {
        # Django's own handler would write addresses a second time, with what they hold of secrets.
        "django": {"handlers": []},
        # It logs every address that it calls.
        "httpx": {"level": "WARNING"},
        # A clock that runs every ten seconds is no news; that a task failed is told all the same.
        "celery.beat": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        # At DEBUG these write what vendors are sent and answer: words, names, keys.
        "httpcore": {"level": "WARNING"},
        "websockets": {"level": "INFO"},
        # That it listens is said at every level: whoever starts a server waits for it.
        "daphne.server": {"level": "INFO"},
        # It logs the query of every socket, which may hold a ticket.
        "uvicorn.error": {"handlers": ["console"], "propagate": False},
        # Handlers given here undo its --no-access-log; the proxy writes a line for each request.
        "uvicorn.access": {"handlers": [], "propagate": False},
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.channels.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
