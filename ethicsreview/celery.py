"""The Celery application; every process imports it before any task."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ethicsreview.settings.local")

app = Celery("ethicsreview")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="periodic")
