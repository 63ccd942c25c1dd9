"""A bad value in the environment stops the start; production refuses to start without what it needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from ethicsreview.settings import env
from tests.workers import database_address

ROOT = Path(__file__).resolve().parents[2]
WEB = """
import logging, django, weasyprint
django.setup()
from django.core.handlers.exception import response_for_exception
from django.test import RequestFactory
try:
    raise ValueError("a fault of ours")
except ValueError as fault:
    response_for_exception(RequestFactory().get("/somewhere/"), fault)
logging.getLogger("workflows").warning("a warning of ours")
logging.getLogger("weasyprint").warning("a warning of no use")
"""
CELERY = """
import logging, django
from ethicsreview.celery import app
django.setup()
app.log.setup()
import weasyprint
try:
    raise ValueError("a fault of ours")
except ValueError:
    logging.getLogger("celery.app.trace").exception("Task raised unexpected")
logging.getLogger("workflows").warning("a warning of ours")
logging.getLogger("weasyprint").warning("a warning of no use")
"""
NEEDED = {
    "SECRET_KEY": "k" * 60,
    "DATABASE_URL": "postgresql://app@127.0.0.1/none",
    "SIGNING_KEY_PASSPHRASE": "p",
    "PUBLIC_ADDRESS": "https://review.example.org",
}


def test_text_reads_default_and_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ER_VALUE", raising=False)
    assert env.text("ER_VALUE", "d") == "d"
    monkeypatch.setenv("ER_VALUE", "v")
    assert env.text("ER_VALUE", "d") == "v"
    (tmp_path / "secret").write_text("from a file\n")
    monkeypatch.setenv("ER_VALUE_FILE", str(tmp_path / "secret"))
    assert env.text("ER_VALUE", "d") == "from a file"


def test_text_without_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ER_VALUE", raising=False)
    with pytest.raises(ImproperlyConfigured, match=r"^ER_VALUE is not set$"):
        env.text("ER_VALUE")


@pytest.mark.parametrize(
    ("raw", "read"),
    [("1", True), ("TRUE", True), ("yes", True), ("on", True), ("0", False), ("False", False), ("no", False)],
)
def test_flag_reads(monkeypatch: pytest.MonkeyPatch, raw: str, read: bool) -> None:
    monkeypatch.setenv("ER_VALUE", raw)
    assert env.flag("ER_VALUE", default=not read) is read


@pytest.mark.parametrize("raw", ["", "2", "ja", "truee", " true"])
def test_flag_refuses(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("ER_VALUE", raw)
    with pytest.raises(ImproperlyConfigured, match="neither true nor false"):
        env.flag("ER_VALUE", default=True)


def test_number_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ER_VALUE", raising=False)
    assert env.number("ER_VALUE", 7) == 7
    monkeypatch.setenv("ER_VALUE", "12")
    assert env.number("ER_VALUE", 7, least=12) == 12


@pytest.mark.parametrize("raw", ["", "-1", "1.5", "ten", "4"])
def test_number_refuses(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("ER_VALUE", raw)
    with pytest.raises(ImproperlyConfigured, match="is not a whole number from 5 up"):
        env.number("ER_VALUE", 7, least=5)


def test_words_drops_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ER_VALUE", " a.example , ,b.example,")
    assert env.words("ER_VALUE") == ["a.example", "b.example"]


def test_database_reads_every_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ER_VALUE", "postgresql://us%40er:p%2Fw@db.example:5433/er")
    read = env.database("ER_VALUE")
    assert {name: read[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "er",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
    }


def test_database_reads_a_socket_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ER_VALUE", "postgresql://postgres:@/er?host=/run/some%20where")
    assert env.database("ER_VALUE")["HOST"] == "/run/some where"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://us%40er:p%2Fw@db.example:5433/er",
        "postgresql://postgres@/test_er?host=/tmp/some%20where",
        "postgresql://@127.0.0.1/er",
    ],
)
def test_a_worker_beside_a_test_gets_the_address_its_database_came_from(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("ER_VALUE", address)
    assert database_address(env.database("ER_VALUE")) == address


@pytest.mark.parametrize("raw", ["", "sqlite:///db", "mysql://h/d", "h/d"])
def test_database_refuses_what_is_not_postgresql(monkeypatch: pytest.MonkeyPatch, raw: str) -> None:
    monkeypatch.setenv("ER_VALUE", raw)
    with pytest.raises(ImproperlyConfigured, match="must be a postgresql:// address"):
        env.database("ER_VALUE")


def _production(environment: dict[str, str]) -> str:
    """The last line the interpreter writes when it loads the production settings."""
    kept = {name: value for name, value in os.environ.items() if name not in NEEDED}
    result = subprocess.run(
        [sys.executable, "-c", "import ethicsreview.settings.production as s; print('starts', s.DEBUG)"],
        cwd=ROOT,
        env=kept | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return result.stdout.splitlines()[-1]


def test_production_starts_with_what_it_needs() -> None:
    assert _production(NEEDED) == "starts False"


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_production_refuses_to_start_without(name: str) -> None:
    environment = {key: value for key, value in NEEDED.items() if key != name}
    assert _production(environment) == f"django.core.exceptions.ImproperlyConfigured: {name} is not set"


@pytest.mark.parametrize("process", [WEB, CELERY], ids=["web", "worker"])
def test_every_process_writes_tracebacks_and_warnings_to_stderr_once(process: str) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "ethicsreview.settings.local", "DEBUG": "false"}
    result = subprocess.run(
        [sys.executable, "-c", process],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=True,
    )
    wanted = ("ValueError: a fault of ours", "a warning of ours", "a warning of no use")
    assert ([result.stderr.count(words) for words in wanted], result.stdout) == ([1, 1, 0], "")
