"""The tests: real services, quick password hashing, mail kept in memory."""

from ethicsreview.settings import env
from ethicsreview.settings.base import *  # noqa: F403  Django settings are modules of names; this is how they inherit

DEBUG = False
SECRET_KEY = "test-only-" + "0" * 50
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING = {}  # pytest keeps what is logged, and shows it for a test that fails
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
AXES_ENABLED = True
API_CALLS = "1000000/min"  # a test of the limit sets its own
SIGNING_KEY_PASSPHRASE = "test"
# pytest-xdist names its workers gw0, gw1 …: each has its own files and, on the one Redis, its own database
WORKER = env.text("PYTEST_XDIST_WORKER", "")
MEDIA_ROOT = DATA_DIR / f"test-files{WORKER}"  # noqa: F405  from base; what tests hand in never lies beside real files
if WORKER:
    REDIS_URL = f"{REDIS_URL.rpartition('/')[0]}/{4 + int(WORKER[2:])}"  # noqa: F405  from base
    CELERY_BROKER_URL = REDIS_URL
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
