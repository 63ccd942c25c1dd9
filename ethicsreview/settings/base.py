"""What every way of running shares."""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from ethicsreview.settings import env

django_stubs_ext.monkeypatch()  # lets views, forms and admin classes name the model they are for

BASE_DIR = Path(__file__).resolve().parents[2]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "ethicsreview.accounts",
    "ethicsreview.audit",
    "ethicsreview.files",
    "ethicsreview.documents",
    "ethicsreview.notices",
    "ethicsreview.charts",
    "ethicsreview.interface",
    "assessments",
    "workflows",
    "ethicsreview.portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "ethicsreview.portal.middleware.AddressMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ethicsreview.accounts.middleware.PrivateMiddleware",
    "ethicsreview.accounts.middleware.PreferenceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "ethicsreview.urls"
WSGI_APPLICATION = "ethicsreview.wsgi.application"
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
                "django.template.context_processors.i18n",
                "ethicsreview.accounts.context.preferences",
                "ethicsreview.notices.context.unread",
                "ethicsreview.portal.context.navigation",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.insert(0, "django.forms")

DATA_DIR = Path(env.text("ETHICSREVIEW_DATA", str(BASE_DIR / ".data")))
MEDIA_ROOT = DATA_DIR / "files"
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "ethicsreview" / "static"]

DATABASES = {"default": env.database("DATABASE_URL", "postgresql://127.0.0.1/ethicsreview")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "ethicsreview.accounts.middleware.PersonBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the pause ends when the page said it would
AXES_HTTP_RESPONSE_CODE = 429
AXES_USERNAME_CALLABLE = "ethicsreview.accounts.queries.sign_in_name"
AXES_CLIENT_IP_CALLABLE = "ethicsreview.accounts.queries.client_address"
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)  # how many of ours stand before us; see client_address

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "ethicsreview" / "locale"]
FORMAT_MODULE_PATH = ["ethicsreview.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
FILE_UPLOAD_HANDLERS = [
    "ethicsreview.files.forms.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_BYTES", 50 * 1024 * 1024, least=1)
PAGE_CACHE_MAX_BYTES = env.number("PAGE_CACHE_MAX_BYTES", 2 * 1024**3)

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "notices-requeue-stuck": {"task": "notices.requeue_stuck", "schedule": timedelta(minutes=1)},
    "files-sweep": {"task": "files.sweep", "schedule": timedelta(days=1)},
    "workflows-requeue-reports": {"task": "workflows.periodic.requeue_reports", "schedule": timedelta(seconds=20)},
    "workflows-warn-deadlines": {"task": "workflows.periodic.warn_deadlines", "schedule": timedelta(hours=1)},
    "workflows-requeue-answers": {
        "task": "workflows.periodic.requeue_answers",
        "schedule": timedelta(minutes=1),
    },
    "workflows-close-corrections": {
        "task": "workflows.periodic.close_corrections",
        "schedule": timedelta(hours=1),
    },
    "workflows-suspend-certificates": {
        "task": "workflows.periodic.suspend_certificates",
        "schedule": timedelta(hours=1),
    },
    "workflows-requeue-archives": {"task": "workflows.periodic.requeue_archives", "schedule": timedelta(seconds=20)},
    "workflows-expire-archives": {"task": "workflows.periodic.expire_archives", "schedule": timedelta(minutes=5)},
    "portal-rebuild-figures": {
        "task": "ethicsreview.portal.periodic.rebuild_due_figures",
        "schedule": timedelta(minutes=15),
    },
    "interface-tell-webhooks": {"task": "interface.tell_webhooks", "schedule": timedelta(seconds=10)},
    "interface-sweep-calls": {"task": "interface.sweep_calls", "schedule": timedelta(hours=1)},
    "accounts-requeue-invitations": {"task": "accounts.requeue_invitations", "schedule": timedelta(minutes=1)},
}

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25, least=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "ethicsreview@localhost")

# Warnings and tracebacks of every process go to its stderr, each once. In worker and beat Celery puts its own handler
# in the place of this one.
LOGGING: dict[str, object] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {process:d}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},
        # it warns at every report of what stylesheets tell browsers alone; without a handler it sets its own level
        "weasyprint": {"handlers": ["console"], "level": "ERROR", "propagate": False},
    },
}

# The door for programs, see ethicsreview/interface/api.
API_CALLS = env.text("API_CALLS", "600/min")  # of one token, or of one address without a token
WEBHOOK_NETWORKS = env.words("WEBHOOK_NETWORKS")  # private networks messages may go into, as 10.1.0.0/16
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],  # nobody, but for doors of ours
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "ethicsreview.interface.api.schema.DoorSchema",
    "EXCEPTION_HANDLER": "ethicsreview.interface.api.problems.answer_problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, object] = {
    "TITLE": "ethicsreview",
    "DESCRIPTION": "Ethics review of artificial intelligence and grading of AI maturity.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # choices stand where they are used: names for them would only collide
    "POSTPROCESSING_HOOKS": ["ethicsreview.interface.api.schema.shared"],
    "ENUM_NAME_OVERRIDES": {  # the same word names several lists of codes
        "CaseState": "workflows.serializers.cases.CASE_STATE",
        "SeatRole": "workflows.serializers.cases.SEAT_ROLE",
        "MeetingState": "workflows.serializers.meetings.MEETING_STATE",
        "RulebookKind": "workflows.serializers.rulebooks.RULEBOOK_KIND",
        "ReportState": "workflows.serializers.decisions.REPORT_STATE",
        "ReportKind": "workflows.serializers.decisions.REPORT_KIND",
        "MotionKind": "workflows.serializers.motions.MOTION_KIND",
    },
}

# Where the signing keys stand: one folder per organisation id, see ethicsreview/documents/keys.py.
SIGNING_KEY_DIR = Path(env.text("SIGNING_KEY_DIR", str(DATA_DIR / "keys")))
SIGNING_KEY_PASSPHRASE = env.text("SIGNING_KEY_PASSPHRASE", "")
FONT_DIR = Path(env.text("FONT_DIR", str(BASE_DIR / ".fonts")))
PUBLIC_ADDRESS = env.text("PUBLIC_ADDRESS", "http://127.0.0.1:8000")
