"""Every check of ``script/check``: all run, each says its time and whether it held; 1 when one did not."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
PYTHON = str(BIN / "python")
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "ethicsreview.settings.production",
    "SECRET_KEY": "only-for-this-check-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "review.example.org",
    "CSRF_TRUSTED_ORIGINS": "https://review.example.org",
    "DATABASE_URL": "postgresql://app@127.0.0.1/none",
    "REDIS_URL": "redis://127.0.0.1/0",
    "SIGNING_KEY_PASSPHRASE": "only-for-this-check",
    "PUBLIC_ADDRESS": "https://review.example.org",
}
TEST = {"DJANGO_SETTINGS_MODULE": "ethicsreview.settings.test"}
CHECKS: tuple[tuple[str, list[str], dict[str, str]], ...] = (
    ("mypy", [str(BIN / "mypy"), "ethicsreview", "assessments", "workflows", "script"], {}),
    ("ruff format", [str(BIN / "ruff"), "format", "--check", "."], {}),
    ("ruff check", [str(BIN / "ruff"), "check", "."], {}),
    ("contracts", [str(BIN / "lint-imports")], {}),
    ("templates", [str(BIN / "djlint"), "--lint", "--quiet", "templates"], {}),
    ("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"], TEST),
    ("translations", [PYTHON, "script/translations.py"], {}),
    ("deployment", [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
)


def run(check: tuple[str, list[str], dict[str, str]]) -> bool:
    """One check; its words are shown only when it fails."""
    name, command, settings = check
    began = time.monotonic()
    result = subprocess.run(
        command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    held = result.returncode == 0
    line = f"{name:<14} {time.monotonic() - began:6.1f} s  {'ok' if held else 'FAILED'}"
    print(line if held else f"{line}\n{result.stdout.rstrip()}\n", flush=True)
    return held


def main() -> int:
    """All checks, two at a time."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        held = list(pool.map(run, CHECKS))
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
