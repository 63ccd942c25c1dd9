"""A real Celery worker beside a test, on the test's own database, broker and keys."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


def database_address(database: dict[str, Any]) -> str:
    """Django's mapping of a PostgreSQL database as the address ``DATABASE_URL`` holds; a socket's folder too."""
    login = quote(database["USER"], safe="")
    if database["PASSWORD"]:
        login += ":" + quote(database["PASSWORD"], safe="")
    host, port = database["HOST"], f":{database['PORT']}" if database["PORT"] else ""
    socket = host.startswith("/")
    where = f"?host={quote(host)}" if socket else ""
    return f"postgresql://{login}@{'' if socket else host}{port}/{quote(database['NAME'], safe='')}{where}"


@contextmanager
def celery_worker(folder: Path, *, concurrency: int = 1, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker in a process group of its own, writing ``folder/worker.log``; killed at the end."""
    surroundings = os.environ | {
        "DJANGO_SETTINGS_MODULE": "ethicsreview.settings.test",
        "DATABASE_URL": database_address(connection.settings_dict),
        "REDIS_URL": settings.REDIS_URL,
        "SIGNING_KEY_DIR": str(settings.SIGNING_KEY_DIR),
        "ETHICSREVIEW_DATA": str(settings.DATA_DIR),
        "FONT_DIR": str(settings.FONT_DIR),
        **environment,
    }
    command = [sys.executable, "-m", "celery", "-A", "ethicsreview", "worker", f"--concurrency={concurrency}"]
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--loglevel=WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat"],
            cwd=ROOT,
            env=surroundings,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """The worker with its children, at once and without a word."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
