"""A throw-away installation for a bench: a database of its own, production settings, gunicorn and a worker."""

import os
import secrets
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from demonstration import child, manage
from psycopg import sql
from services import free_port, services, stop

PREPARE = (
    ["migrate", "--verbosity", "0"],
    ["publish_rulebooks"],
    ["publish_instruments"],
    ["collectstatic", "--noinput"],
)
STARTED_WITHIN = 60  # seconds


@contextmanager
def installed() -> Iterator[dict[str, str]]:
    """The environment of an empty installation; its database is dropped at the end.

    The servers of ``DATABASE_URL`` and ``REDIS_URL`` are used when given, else ones are started; no other worker may
    fetch from that Redis database.
    """
    with (
        tempfile.TemporaryDirectory(prefix="er-bench-") as name,
        services(Path(name) / "services", lasting=True) as addresses,  # what is saved is on the disk
        own_database(addresses["DATABASE_URL"]) as address,
    ):
        port = free_port()
        environment = addresses | settings(Path(name), port) | {"DATABASE_URL": address}
        for command in PREPARE:
            manage(command, os.environ | environment)
        yield environment


def settings(data: Path, port: int) -> dict[str, str]:
    """Production, on a port of this machine."""
    return {
        "DJANGO_SETTINGS_MODULE": "ethicsreview.settings.production",
        "ETHICSREVIEW_DATA": str(data),
        "SIGNING_KEY_DIR": str(data / "keys"),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SIGNING_KEY_PASSPHRASE": secrets.token_urlsafe(16),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "SECURE_SSL_REDIRECT": "false",  # no proxy stands before it
        "CSRF_TRUSTED_ORIGINS": f"https://127.0.0.1:{port}",
        "PUBLIC_ADDRESS": f"https://127.0.0.1:{port}",
        "API_CALLS": "1000000/min",
    }


@contextmanager
def own_database(address: str) -> Iterator[str]:
    """A new database beside the one of ``address``."""
    name = f"er_bench_{secrets.token_hex(4)}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(address)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(address, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def web() -> Iterator[int]:
    """The web process as the README runs it; yields its port."""
    port = urlsplit(os.environ["PUBLIC_ADDRESS"]).port or 0
    where = ["--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    command = [sys.executable, "-m", "gunicorn", "ethicsreview.wsgi:application", "--workers", "2", "--threads", "4"]
    process = child([*command, *where], dict(os.environ), Path(os.environ["ETHICSREVIEW_DATA"]) / "web.log")
    try:
        wait_for(port)
        yield port
    finally:
        stop([process])


def wait_for(port: int) -> None:
    """Until /healthz answers."""
    until = time.monotonic() + STARTED_WITHIN
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"X-Forwarded-Proto": "https"})
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=5):  # noqa: S310  an address of this machine
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@contextmanager
def worker() -> Iterator[None]:
    """Two worker processes as the README runs them."""
    command = [sys.executable, "-m", "celery", "--app", "ethicsreview", "worker", "--pool", "prefork"]
    log = Path(os.environ["ETHICSREVIEW_DATA"]) / "worker.log"
    process = child([*command, "--concurrency", "2"], dict(os.environ), log)
    try:
        yield
    finally:
        stop([process])
