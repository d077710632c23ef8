"""Django's settings; what an installation may choose comes from `amis.environment`."""

from __future__ import annotations

import sys

from amis import __version__, environment

try:
    ENVIRONMENT = environment.load()
except environment.BadEnvironment as error:
    sys.exit(str(error))

BASE_DIR = environment.ROOT
STATE_DIR = environment.home()
# Passwords of PLCs have names of the installation's own; the ingest worker looks them up.
NAMED_SECRET = environment.secret
VERSION = __version__
SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEYS = ENVIRONMENT.secret_keys
DEBUG = ENVIRONMENT.debug
BASE_DOMAIN = ENVIRONMENT.base_domain
BASE_HOSTS = frozenset({BASE_DOMAIN.split(":")[0].lower(), "localhost", "127.0.0.1"})
# Hosts are resolved against the Domain rows by tenants.middleware, which answers 404 for any other.
ALLOWED_HOSTS = ["*"]

SHARED_APPS = [
    # Before django_tenants, whose own create_tenant command would win otherwise.
    "tenants",
    "django_tenants",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Its pages are for the web alone, which gathers them in `amis.admin`.
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.staticfiles",
    "django_celery_beat",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
TENANT_APPS = ["production", "analytics", "ai_insights", "reports"]
# Tenant apps first: of two commands with one name (create_tenant) the first app's is taken.
INSTALLED_APPS = [*TENANT_APPS, *SHARED_APPS]
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TENANT_LIMIT_SET_CALLS = True
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)

ACTS_AS_OWNER = ENVIRONMENT.db_login == "owner"
_DB = ENVIRONMENT.database
DATABASES = {
    "default": {
        "ENGINE": "tenants.backend",
        "HOST": _DB.host,
        "PORT": _DB.port,
        "NAME": _DB.name,
        "USER": _DB.owner_user if ACTS_AS_OWNER else _DB.user,
        "PASSWORD": _DB.owner_password if ACTS_AS_OWNER else _DB.password,
        "AMIS_OWNER": ACTS_AS_OWNER,
        # Under ASGI a kept connection is kept by a thread that may never serve again.
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"connect_timeout": 5, "application_name": "amis"},
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ENVIRONMENT.redis_url,
        "KEY_FUNCTION": "tenants.live.cache_key",
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [ENVIRONMENT.redis_url]},
    }
}

MIDDLEWARE = [
    "amis.middleware.RequestId",
    "amis.middleware.SecurityHeaders",
    "amis.middleware.AnyHostForProbes",
    "amis.middleware.LengthOfChunks",
    "amis.middleware.FormsInUtf8",
    # Before static files are answered, which carry the same headers.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # Before anything that asks the database or hashes a password.
    "tenants.guesses.Guesses",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenants.middleware.Door",
]
ROOT_URLCONF = "amis.urls"
PUBLIC_SCHEMA_URLCONF = "amis.urls"
ASGI_APPLICATION = "amis.asgi.application"
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
                "tenants.context.place",
            ]
        },
    }
]

AUTH_USER_MODEL = "tenants.User"
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_ADAPTER = "tenants.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "tenants.accounts.forms.SignInForm",
    "reset_password": "tenants.pages.forgotten.ForgottenForm",
}
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "tenants.accounts.adapter.ResetTokens"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENVIRONMENT.https else "http"
# Counted by tenants, over all doors and in Valkey.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "tenants.accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "tenants.accounts.forms.SwitchOnForm",
    "authenticate": "tenants.accounts.forms.CodeForm",
    "reauthenticate": "tenants.accounts.forms.CodeAgainForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "AMIS"
# Phones are up to half a minute wrong.
MFA_TOTP_TOLERANCE = 1
MESSAGE_STORAGE = "tenants.sessions.Messages"
SESSION_ENGINE = "tenants.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SESSION_COOKIE_NAME = "__Host-session" if ENVIRONMENT.https else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if ENVIRONMENT.https else "csrf"
CSRF_FAILURE_VIEW = "amis.views.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0
# Plants are names below the base domain, all behind the same TLS.
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.https
# Whether browsers are told for ever is the domain owner's to decide (W021).
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = ENVIRONMENT.https
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
X_FRAME_OPTIONS = "DENY"
# A body larger than this is refused with 413 before it is parsed; 5,000 submitted rows fit well.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenants.authentication.DoorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "amis.api.answer_error",
    "DEFAULT_PARSER_CLASSES": ["amis.parsers.StrictJson"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "AMIS",
    "DESCRIPTION": "Live production data, shift records and KPIs of a plant.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {"PredictionStatusEnum": ["ok", "insufficient"]},
    "PREPROCESSING_HOOKS": ["amis.schema.keep_one_form"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "amis.schema.add_error_shape",
        "amis.schema.add_path_form",
    ],
}

LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
STORAGES = {
    # A file lies in the folder of the plant whose code stored it.
    "default": {"BACKEND": "django_tenants.files.storage.TenantFileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = STATE_DIR / "files"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_MAX_AGE = 3600
# Files are served from where they lie, so that nothing has to be collected before the first start.
WHITENOISE_USE_FINDERS = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL = ENVIRONMENT.redis_url
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Longer than the longest task: a task that is still running is not delivered a second time.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
CELERY_TIMEZONE = "UTC"
CELERY_TASK_ROUTES = {
    "production.tasks.make_partitions": {"queue": "provision"},
    "production.tasks.finish_plants": {"queue": "provision"},
    "production.tasks.fill_spares": {"queue": "provision"},
    "production.tasks.derive": {"queue": "ingest"},
    "analytics.tasks.carry_out_run": {"queue": "ml"},
}


def _knock(task: str, *, every_s: int) -> dict[str, object]:
    """One that no worker has heard before the next one expires: with many plants they would pile
    up. The scheduler in the database knows the option by this name and drops Celery's `expires`.
    """
    return {"task": task, "schedule": float(every_s), "options": {"expire_seconds": every_s}}


CELERY_BEAT_SCHEDULE = {
    "beat-heartbeat": {"task": "amis.tasks.beat_heartbeat", "schedule": 10.0},
    "predictions": _knock("analytics.tasks.plan_predictions", every_s=20),
    "insights": _knock("ai_insights.tasks.plan_insights", every_s=20),
    "reports": _knock("reports.tasks.plan_reports", every_s=20),
    "sums-of-plants": _knock("analytics.tasks.publish_plants", every_s=20),
    "plants-ordered": _knock("production.tasks.finish_plants", every_s=10),
    "spares-ahead": _knock("production.tasks.fill_spares", every_s=30),
    "raw-folders": _knock("production.tasks.take_files", every_s=15),
    "partitions-ahead": {"task": "production.tasks.make_partitions", "schedule": 6 * 3600.0},
}

OPCUA_ALLOW = ENVIRONMENT.opcua_allow
LIVE_INTERVAL_S = ENVIRONMENT.live_interval_s
MAX_REQUESTS = ENVIRONMENT.max_requests
LANGUAGE_MODEL = ENVIRONMENT.language_model
MAIL = ENVIRONMENT.mail
REPORTS_DIR = STATE_DIR / "reports"
MAIL_DIR = STATE_DIR / "mail"
EMAIL_BACKEND = "amis.post.Queued"
DEFAULT_FROM_EMAIL = MAIL.sender
# Files of a plant lie in a folder of its id inside each of these, and leave with it.
_DATA_DIR = BASE_DIR / (ENVIRONMENT.data_dir or STATE_DIR / "data")
RAW_DIR, PROCESSED_DIR = _DATA_DIR / "raw", _DATA_DIR / "processed"
PLANT_FOLDERS = (MEDIA_ROOT, REPORTS_DIR, RAW_DIR, PROCESSED_DIR)

LOG_FORMAT = ENVIRONMENT.log_format
if LOG_FORMAT == "auto":
    LOG_FORMAT = "text" if sys.stderr.isatty() else "json"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "text": {"()": "amis.logs.TextLine"},
        "json": {"()": "amis.logs.JsonLine"},
    },
    "filters": {
        "where": {"()": "amis.logs.Where"},
        "refusal": {"()": "amis.logs.Refusal"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["where"],
        }
    },
    "root": {"handlers": ["console"], "level": ENVIRONMENT.log_level},
    "loggers": {
        "asyncua": {"level": "WARNING"},
        # A line a request; the calls are rows that a page shows.
        "httpx": {"level": "WARNING"},
        "daphne": {"level": "WARNING"},
        # A line for every heartbeat would hide the lines that matter.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.channels.server": {"level": "WARNING"},
        # A stranger's malformed Host, too large body or form of too many fields gets its 400 or
        # 413; with a traceback each it would fill the log.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "django.security.RequestDataTooBig": {"level": "CRITICAL"},
        "django.security.TooManyFieldsSent": {"level": "CRITICAL"},
        "django.security.TooManyFilesSent": {"level": "CRITICAL"},
        # An admin page was asked by a field or a relation that it does not show, a password say.
        "django.security.DisallowedModelAdminLookup": {"filters": ["refusal"]},
        "django.security.DisallowedModelAdminToField": {"filters": ["refusal"]},
    },
}
