"""Migrations are complete, and independent of code that will change."""

import ast
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
OURS = ("ethicsreview", "assessments", "workflows")
MIGRATIONS = sorted(path for package in OURS for path in (ROOT / package).glob("**/migrations/0*.py"))


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    output = StringIO()
    call_command("makemigrations", check_changes=True, dry_run=True, stdout=output)
    assert output.getvalue() == "No changes detected\n"


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return {name for name in found if name.split(".")[0] in OURS}


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_migration_imports_none_of_our_code(path: Path) -> None:
    assert _imports(path) == set()
