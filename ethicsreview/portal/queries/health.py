"""Whether each part this installation needs is there."""

from datetime import datetime

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from kombu.exceptions import OperationalError as BrokerError

from ethicsreview.celery import app
from ethicsreview.documents.keys import key_state
from ethicsreview.documents.queries import readiness as document_readiness
from workflows.models import Committee

READY = "ready"
AWAY = "away"
PATIENCE = 1.0  # seconds a broker or a worker may take to answer
# One review body without its key stops its own documents; it must not take the site away from all the others.
NOT_VITAL = frozenset({"issuer_keys"})


def readiness(*, now: datetime) -> dict[str, str]:
    """Part → ``ready`` or a code of what is wrong; never raises.

    Parts: database, broker, worker, fonts, subsetter, signing_key (the operator's), issuer_keys (the worst among the
    organisations that host committees).
    """
    database, broker = _database(), _broker()
    return {
        "database": database,
        "broker": broker,
        "worker": _worker() if broker == READY else "broker_away",
        **document_readiness(now=now),
        "issuer_keys": _issuer_keys(now) if database == READY else "database_away",
    }


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return AWAY
    return READY


def _broker() -> str:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        client.ping()
    except (redis.RedisError, OSError):
        return AWAY
    finally:
        client.close()
    return READY


def _worker() -> str:
    try:
        answers = app.control.ping(timeout=PATIENCE, limit=1)
    except (BrokerError, redis.RedisError, OSError):
        return "broker_away"
    return READY if answers else "none_answers"


def _issuer_keys(now: datetime) -> str:
    """``ready``, or the state of the first key that cannot sign."""
    try:
        hosts = list(Committee.objects.order_by("host").values_list("host", flat=True).distinct())
    except (DatabaseError, InterfaceError):
        return "database_away"
    states = (key_state(host, at=now).code.value for host in hosts)
    return next((state for state in states if state != READY), READY)
