"""What ``script/demo`` does after set-up: services, data, web, worker and beat, until a signal or a failure."""

import argparse
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from services import CannotStart, die_with_parent, free_port, services, stop

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
MARK = "ethicsreview-demo.json"
PREPARE = (
    ("migrating the database", ["migrate", "--verbosity", "0"]),
    ("publishing the rulebooks", ["publish_rulebooks"]),
    ("publishing the instruments", ["publish_instruments"]),
)
LOAD = ["load_demo"]
FIGURES = ["rebuild_figures"]  # beat would count them a quarter of an hour later
KEYS = ["make_demo_keys"]  # after loading: one key for each organisation there is; no worker runs before
TOKENS = ["make_demo_tokens"]  # for script/example.py
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
READY_SECONDS = 120
PDF_SECONDS = 240


class Stopped(Exception):
    """Somebody asked the demo to end."""


class Failed(Exception):
    """The demo cannot go on; the message says why."""


def say(text: str) -> None:
    """One line of progress."""
    print(f"demo: {text}", flush=True)


def main() -> int:
    """Run until stopped; 0 when stopped by request, 1 when something failed."""
    arguments = _arguments()
    for name in SIGNALS:
        signal.signal(name, _stop)
    try:
        with locked(arguments.data, reset=arguments.reset) as data, ExitStack() as stack:
            run(data, arguments.port, stack)
    except (Failed, CannotStart) as error:
        print(f"demo: {error}", file=sys.stderr, flush=True)
        return 1
    except Stopped:
        say("stopped; the data is kept")
        return 0
    return 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/demo", description="Run the whole product here, with demo cases.")
    parser.add_argument("--port", type=int, help="port of the web server (8000, or the next free one)")
    parser.add_argument("--data", type=Path, default=ROOT / ".data" / "demo", help="where everything is kept")
    parser.add_argument("--reset", action="store_true", help="throw the kept data away first")
    arguments = parser.parse_args()
    arguments.data = arguments.data.expanduser().resolve()
    return arguments


def _stop(number: int, frame: FrameType | None) -> None:
    _deaf()
    raise Stopped


def _deaf() -> None:
    """A second Ctrl-C must not cut the stopping short."""
    for name in SIGNALS:
        signal.signal(name, signal.SIG_IGN)


@contextmanager
def locked(data: Path, *, reset: bool) -> Iterator[Path]:
    """Hold the data folder for this run alone; emptied first if asked, or when its first filling was interrupted."""
    data.mkdir(parents=True, exist_ok=True)
    if any(data.iterdir()) and not (data / MARK).exists():
        raise Failed(f"{data} is neither empty nor a demo's folder")
    with (data / MARK).open("a") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(f"another demo is running on {data}; give another --data or stop that one") from None
        half = state(data).get("filling") and not state(data).get("filled")
        if reset or half:
            _empty(data, why="as asked" if reset else "its first filling was interrupted")
        yield data


def _empty(data: Path, *, why: str) -> None:
    if os.environ.get("DATABASE_URL"):
        raise Failed("the database is yours (DATABASE_URL): empty it yourself, then delete the data folder")
    say(f"emptying {data}: {why}")
    for entry in data.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != MARK:
            entry.unlink()
    (data / MARK).write_text("")


def state(data: Path) -> dict[str, bool]:
    """How far the folder has been filled."""
    text = (data / MARK).read_text()
    return dict(json.loads(text)) if text else {}


def run(data: Path, port: int | None, stack: ExitStack) -> None:
    """Start everything, show it, and watch it."""
    began = time.monotonic()
    try:
        port = choose_port(port)
        say("using the given services" if os.environ.get("DATABASE_URL") else "starting PostgreSQL and Redis")
        environment = os.environ | own_settings(data, port) | stack.enter_context(services(data, lasting=True))
        logs = data / "logs"
        logs.mkdir(exist_ok=True)
        prepare(data, environment)
        say("starting web, worker and beat")
        children: dict[str, subprocess.Popen[bytes]] = {}
        stack.callback(lambda: stop(list(children.values())))
        for name, command in commands(data, port).items():
            children[name] = child(command, environment, logs / f"{name}.log")
        wait_until_ready(port, children, logs)
        paper = signed_paper(data, environment, children, logs)
        show(data, port, paper, time.monotonic() - began)
        watch(children, logs)
    except BaseException:
        _deaf()
        raise


def choose_port(wanted: int | None) -> int:
    """The wanted port, or from 8000 the first free one."""
    for port in (wanted,) if wanted is not None else range(8000, 8100):
        try:
            return free_port(port)
        except (OSError, OverflowError):
            continue
    raise Failed(f"port {wanted} is in use" if wanted else "no free port from 8000 to 8099; give --port")


def own_settings(data: Path, port: int) -> dict[str, str]:
    """The environment of every process of this demo."""
    return {
        "DJANGO_SETTINGS_MODULE": "ethicsreview.settings.local",
        "ETHICSREVIEW_DATA": str(data),
        "SECRET_KEY": secret(data / "secret-key"),
        "SIGNING_KEY_PASSPHRASE": secret(data / "signing-passphrase"),
        "PUBLIC_ADDRESS": f"http://127.0.0.1:{port}",
        "PYTHONUNBUFFERED": "1",
    }


def secret(path: Path) -> str:
    """A random value of this demo's own, made once."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def prepare(data: Path, environment: dict[str, str]) -> None:
    """Bring the schema and the published content up to date, and fill an empty demo."""
    for text, command in PREPARE:
        say(text)
        manage(command, environment)
    if state(data).get("filled"):
        say("keeping the cases that are there (--reset starts afresh)")
    else:
        (data / MARK).write_text(json.dumps({"filling": True}))
        say("loading the demo cases")
        manage(LOAD, environment)
        manage(FIGURES, environment)
        (data / MARK).write_text(json.dumps({"filling": True, "filled": True}))
    say("making a demo certificate authority and signing keys")
    manage(KEYS, environment)
    manage(TOKENS, environment)


def manage(command: list[str], environment: dict[str, str]) -> str:
    """Run a management command; its words come back, or are shown when it fails."""
    process = subprocess.Popen(
        [PYTHON, "manage.py", *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=die_with_parent(),
    )
    try:
        output = process.communicate()[0].decode()
    finally:
        stop([process])
    if process.returncode:
        raise Failed(f"manage.py {' '.join(command)} failed:\n{output}")
    return output.strip()


def commands(data: Path, port: int) -> dict[str, list[str]]:
    """The three processes a server runs."""
    web = ["gunicorn", "ethicsreview.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    web += ["--threads", "4", "--graceful-timeout", "5", "--no-control-socket", "--access-logfile", "-"]
    worker = ["worker", "--pool", "prefork", "--concurrency", "2", "--loglevel", "INFO"]
    beat = ["beat", "--loglevel", "INFO", "--pidfile=", "--schedule", str(data / "beat-schedule")]
    celery = [PYTHON, "-m", "celery", "--app", "ethicsreview"]
    return {"web": [PYTHON, "-m", *web], "worker": [*celery, *worker], "beat": [*celery, *beat]}


def child(command: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own, with a log of its own."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )


def wait_until_ready(port: int, children: dict[str, subprocess.Popen[bytes]], logs: Path) -> None:
    """Ask /readyz until it says yes; what it said last is shown when it never does."""
    words = "no answer"
    for _ in range(READY_SECONDS * 2):
        alive(children, logs)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10):
                return
        except urllib.error.HTTPError as error:
            words = f"{error.code} {error.read(2000).decode(errors='replace')}"
        except OSError as error:
            words = str(error)
        time.sleep(0.5)
    raise Failed(f"/readyz did not say yes within {READY_SECONDS} s; its last words: {words}")


def alive(children: dict[str, subprocess.Popen[bytes]], logs: Path) -> None:
    """Raise ``Failed`` with the end of its log when a process has ended."""
    for name, process in children.items():
        if process.poll() is not None:
            log = logs / f"{name}.log"
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-25:])
            raise Failed(f"{name} ended with code {process.returncode}; the end of {log}:\n{tail}")


def signed_paper(
    data: Path, environment: dict[str, str], children: dict[str, subprocess.Popen[bytes]], logs: Path
) -> str:
    """Wait for the worker's first signed document and put a copy on disk; its path."""
    say("waiting for the worker to render and sign a report")
    papers = data / "papers"
    papers.mkdir(exist_ok=True)
    try:
        return manage(["export_document", "--latest", str(papers), "--wait", str(PDF_SECONDS)], environment)
    except Failed:
        alive(children, logs)
        raise


def show(data: Path, port: int, paper: str, seconds: float) -> None:
    """Say where everything is."""
    print(f"\nReady after {seconds:.0f} s.\n\n  Address     http://127.0.0.1:{port}")
    print(f"  Signed PDF  {paper}\n  Logs, mail  {data / 'logs'}\n")
    accounts = data / "accounts.json"
    if accounts.exists():
        rows = json.loads(accounts.read_text(encoding="utf-8"))
        width = max(len(str(row["role"])) for row in rows)
        for row in rows:
            print(f"  {row['role']:<{width}}  {row['email']}  {row['password']}")
    print("\nCtrl-C stops everything; the data is kept.", flush=True)


def watch(children: dict[str, subprocess.Popen[bytes]], logs: Path) -> None:
    """Stay until a process ends, which is a failure, or a signal comes."""
    while True:
        alive(children, logs)
        time.sleep(0.5)


if __name__ == "__main__":
    sys.exit(main())
