"""A developer's machine and the demo."""

from ethicsreview.settings import env
from ethicsreview.settings.base import *  # noqa: F403  Django settings are modules of names; this is how they inherit

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY", "local-only-" + "0" * 50)
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
