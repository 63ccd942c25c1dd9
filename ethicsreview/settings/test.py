"""The tests: real services, quick password hashing, mail kept in memory."""

from ethicsreview.settings.base import *  # noqa: F403  Django settings are modules of names; this is how they inherit

DEBUG = False
SECRET_KEY = "test-only-" + "0" * 50
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
AXES_ENABLED = True
SIGNING_KEY_PASSPHRASE = "test"
MEDIA_ROOT = DATA_DIR / "test-files"  # noqa: F405  from base; what tests hand in never lies beside real files
