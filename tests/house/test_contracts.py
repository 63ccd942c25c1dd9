"""Each contract bites: fed one fault, the checker names exactly the contracts it breaks."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PACKAGES = ("ethicsreview", "assessments", "workflows")
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = {contract["name"] for contract in CONFIG["tool"]["importlinter"]["contracts"]}

HOUSE = "The house: roof on halves on ground"
FLOORS = "Floors inside an app"
DOCUMENT_FLOORS = "Floors inside documents"
PURE_DOMAIN = "A domain knows the standard library alone"
PURE_SIGNING = "Signing is bytes to bytes"
SIGNING_DOOR = "Only reporting and the tasks that carry it sign"
SETTINGS = "Nobody imports the settings modules"

# contracts broken · file the fault goes into (made when it is not there) · the fault
FAULTS = [
    ({HOUSE}, "assessments/models/fault.py", "import workflows.domain.states"),
    ({HOUSE}, "ethicsreview/audit/models.py", "import ethicsreview.accounts.models"),
    ({HOUSE}, "ethicsreview/strictyaml.py", "import ethicsreview.audit.domain"),
    ({FLOORS}, "workflows/models/fault.py", "import workflows.queries"),
    ({FLOORS}, "ethicsreview/accounts/domain.py", "import ethicsreview.accounts.models"),
    ({FLOORS}, "workflows/utils.py", ""),
    ({FLOORS}, "ethicsreview/portal/helpers.py", ""),
    ({DOCUMENT_FLOORS}, "ethicsreview/documents/qr.py", "import ethicsreview.documents.models"),
    ({DOCUMENT_FLOORS}, "ethicsreview/documents/services.py", ""),
    ({PURE_DOMAIN}, "workflows/domain/fault.py", "import django.utils.timezone"),
    ({PURE_DOMAIN}, "assessments/domain/fault.py", "import yaml"),
    ({PURE_DOMAIN}, "workflows/domain/fault.py", "import ethicsreview.strictyaml"),
    ({PURE_SIGNING}, "ethicsreview/documents/signing.py", "import django.conf"),
    ({PURE_SIGNING}, "ethicsreview/documents/signing.py", "import celery"),
    ({SIGNING_DOOR}, "workflows/actions/fault.py", "import ethicsreview.documents.signing"),
    ({SIGNING_DOOR}, "ethicsreview/portal/views/pages.py", "import ethicsreview.documents.signing"),
    ({SETTINGS, HOUSE}, "workflows/actions/fault.py", "import ethicsreview.settings.base"),
]


def test_every_contract_has_a_fault() -> None:
    assert set().union(*(contracts for contracts, _, _ in FAULTS)) == CONTRACTS


@pytest.fixture(scope="module")
def sound_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages' Python files as they stand."""
    copy = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        for source in (ROOT / package).rglob("*.py"):
            target = copy / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    shutil.copyfile(ROOT / "pyproject.toml", copy / "pyproject.toml")
    return copy


def broken_contracts(folder: Path) -> set[str]:
    """The names of the contracts the checker finds broken in ``folder``."""
    result = subprocess.run(
        [BIN / "lint-imports", "--cache-dir", ".cache"], cwd=folder, capture_output=True, text=True, check=False
    )
    found = re.findall(r"^(.+) BROKEN", result.stdout, re.MULTILINE)
    assert result.returncode == (1 if found else 0), result.stdout + result.stderr
    return set(found)


@pytest.fixture(scope="module")
def standing(sound_copy: Path) -> set[str]:
    """What is broken without any fault of ours."""
    return broken_contracts(sound_copy)


def test_the_contracts_are_kept(standing: set[str]) -> None:
    assert standing == set()


@pytest.mark.parametrize(("contracts", "path", "fault"), FAULTS)
def test_contract_bites(sound_copy: Path, standing: set[str], contracts: set[str], path: str, fault: str) -> None:
    target = sound_copy / path
    before = target.read_text() if target.exists() else None
    target.write_text(f"{before or ''}\n{fault}\n")
    try:
        assert broken_contracts(sound_copy) - standing == contracts
    finally:
        if before is None:
            target.unlink()
        else:
            target.write_text(before)


RUFF_FAULTS = [
    ("PLC0415", "def f() -> None:\n    import json\n\n    json.dumps(1)\n"),
    ("TID251", "from django.dispatch import receiver\n\nreceiver\n"),
    ("TID251", "from django.db.models.signals import post_save\n\npost_save\n"),
    ("TID251", "from django.core.signals import request_started\n\nrequest_started\n"),
    ("DTZ005", "from datetime import datetime\n\nNOW = datetime.now()\n"),
    ("DJ001", "from django.db import models\n\n\nclass A(models.Model):\n    b = models.CharField(null=True)\n"),
    ("S307", 'eval("1")\n'),
    ("B006", "def f(a: list[int] = []) -> list[int]:\n    return a\n"),
    (
        "C901",
        "def f(a: int) -> int:\n"
        + "".join(f"    if a == {i}:\n        a += 1\n" for i in range(8))
        + "    return a\n",
    ),
    ("PT011", "import pytest\n\n\ndef test_a() -> None:\n    with pytest.raises(ValueError):\n        int('a')\n"),
    ("RUF005", "A = [1]\nB = [*A] + [2]\n"),
    ("UP006", "from typing import List\n\nA: List[int] = []\n"),
    ("I001", "import sys\nimport os\n\nos, sys\n"),
    ("E501", f"A = '{'x' * 120}'\n"),
]


@pytest.mark.parametrize(("rule", "source"), RUFF_FAULTS)
def test_ruff_rule_bites(rule: str, source: str) -> None:
    result = subprocess.run(
        [
            BIN / "ruff",
            "check",
            "--no-cache",
            "--output-format",
            "concise",
            "--stdin-filename",
            "workflows/fault.py",
            "-",
        ],
        cwd=ROOT,
        input=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert rule in {line.split(": ")[1].split()[0] for line in result.stdout.splitlines() if ".py:" in line}


MYPY_FAULTS = [
    ("no-untyped-def", "def f(a):\n    return a\n"),
    ("type-arg", "def f(a: list) -> None: ...\n"),
    ("no-any-return", "from typing import Any\n\n\ndef f(a: Any) -> str:\n    return a\n"),
    ("unreachable", "def f(a: int) -> int:\n    if isinstance(a, str):\n        return 1\n    return a\n"),
    ("ignore-without-code", "a: int = 'b'  # type: ignore\n"),
    ("redundant-expr", "def f(a: int) -> bool:\n    return isinstance(a, int) and a > 1\n"),
]


def test_mypy_is_strict(tmp_path: Path) -> None:
    # The plugins load Django and take ten seconds; strictness does not depend on them.
    config = re.sub(r"^plugins = .*$", "", (ROOT / "pyproject.toml").read_text(), flags=re.MULTILINE)
    (tmp_path / "pyproject.toml").write_text(config)
    for code, source in MYPY_FAULTS:
        (tmp_path / f"{code.replace('-', '_')}.py").write_text(source)
    result = subprocess.run(
        [BIN / "mypy", "--cache-dir", "cache", "--show-error-codes", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    found = set(re.findall(r"^(\w+)\.py:.*\[([\w-]+)\]$", result.stdout, re.MULTILINE))
    assert found == {(code.replace("-", "_"), code) for code, _ in MYPY_FAULTS}
    assert CONFIG["tool"]["mypy"]["strict"] is True


def test_no_action_is_longer_than_the_house_allows() -> None:
    apps = ("ethicsreview/*", "assessments", "workflows")
    files = [path for app in apps for name in ("actions.py", "actions/*.py") for path in ROOT.glob(f"{app}/{name}")]
    long = [
        (path.relative_to(ROOT).as_posix(), node.name)
        for path in files
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 30
    ]
    assert long == []
