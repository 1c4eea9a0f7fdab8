"""Django settings. Every difference between the embedded and the production stack is a variable."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from speechcoach.env import BASE_DIR, Environment

env = Environment()

DATA_DIR = BASE_DIR / env.text("DATA_DIR")
DEBUG = env.flag("DEBUG")
DEMO_MODE = env.flag("DEMO_MODE")


def _secret_key() -> str:
    """The configured key; for the embedded stack one is made on the first start and kept."""
    if key := env.text("SECRET_KEY"):
        return key
    if not DEBUG:
        raise ImproperlyConfigured("SECRET_KEY must be set when DEBUG is off.")
    path = DATA_DIR / "secret_key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
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
    # Under ASGI a connection is no request's own: a pool, and none kept by a thread.
    DATABASES["default"]["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 16, "timeout": 20}}
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
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
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
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "speechcoach.static.HashedModuleStorage",
    },
}

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
if not DEBUG:
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
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ROUTES = {
    "evaluations.tasks.*": {"queue": "evaluate"},
    "sessions_app.tasks.*": {"queue": "housekeep"},
}
CELERY_BEAT_SCHEDULE = {
    "purge": {"task": "sessions_app.tasks.purge_every_club", "schedule": 10.0},
    "expire": {"task": "sessions_app.tasks.expire_every_club", "schedule": 60.0},
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]

SPEECHCOACH_AUDIO_MAX_LEAD_SECONDS = env.number("AUDIO_MAX_LEAD_SECONDS")
SPEECHCOACH_EVALUATIONS_PER_DAY = env.integer("EVALUATIONS_PER_DAY")
SPEECHCOACH_MAX_SOCKETS_PER_USER = env.integer("MAX_SOCKETS_PER_USER")
SPEECHCOACH_MAX_SOCKETS_PER_CLUB = env.integer("MAX_SOCKETS_PER_CLUB")
SPEECHCOACH_VAULT_MAX_MIB = env.integer("VAULT_MAX_MIB")
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

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "speechcoach.logs.Redact"}},
    "formatters": {
        "plain": {
            "()": "speechcoach.logs.WordlessFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["redact"],
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
        "uvicorn.access": {"handlers": ["console"], "propagate": False},
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.channels.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
