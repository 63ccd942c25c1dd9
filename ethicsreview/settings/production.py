"""A server that people rely on: refuses to start when something it needs is missing."""

from ethicsreview.settings import env
from ethicsreview.settings.base import *  # noqa: F403  Django settings are modules of names; this is how they inherit

DEBUG = False
SECRET_KEY = env.text("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
DATABASES = {"default": env.database("DATABASE_URL")}
SIGNING_KEY_PASSPHRASE = env.text("SIGNING_KEY_PASSPHRASE")
PUBLIC_ADDRESS = env.text("PUBLIC_ADDRESS")
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 1)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
