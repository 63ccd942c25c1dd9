"""Whether each part this installation needs is there."""

from datetime import datetime

import redis
from django.conf import settings
from django.db import OperationalError, connection
from kombu.exceptions import OperationalError as BrokerError

from ethicsreview.celery import app
from ethicsreview.documents.queries import readiness as document_readiness

READY = "ready"
PATIENCE = 1.0  # seconds a broker or a worker may take to answer


def readiness(*, now: datetime) -> dict[str, str]:
    """Part → ``ready`` or a code of what is wrong: database, broker, worker, fonts, subsetter, signing_key."""
    broker = _broker()
    worker = _worker() if broker == READY else "broker_away"
    return {"database": _database(), "broker": broker, "worker": worker, **document_readiness(now=now)}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return "away"
    return READY


def _broker() -> str:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        client.ping()
    except redis.RedisError:
        return "away"
    finally:
        client.close()
    return READY


def _worker() -> str:
    try:
        answers = app.control.ping(timeout=PATIENCE)
    except (BrokerError, redis.RedisError):
        return "broker_away"
    return READY if answers else "none_answers"
