"""What ``script/test`` does after set-up: services, checks, tests; arguments go to pytest."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from services import CannotStart, services

ROOT = Path(__file__).resolve().parents[1]
# one worker a core, four at most, each with databases of its own; a file stays with one worker, and the files keep
# the order that tests/conftest.py gives them: the longest first
SIDE_BY_SIDE = ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile", "--no-loadscope-reorder"]


def timed(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """Run one part in the open and say how long it took."""
    print(f"== {name}", flush=True)
    began = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, env=environment).returncode
    print(f"== {name}: {'ok' if code == 0 else 'FAILED'}, {time.monotonic() - began:.1f} s", flush=True)
    return code == 0


def main(arguments: list[str]) -> int:
    """Checks, then tests; both run even when the first fails. With arguments, only the tests they name."""
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="er-") as folder,
        services(Path(folder) / "services", lasting=False) as addresses,
    ):
        print(f"== services: {time.monotonic() - began:.1f} s", flush=True)
        environment = os.environ | addresses
        held = True
        if not arguments:
            held = timed("checks", [sys.executable, "script/checks.py"], environment)
        tests = [sys.executable, "-m", "pytest", *(arguments or SIDE_BY_SIDE)]
        return 0 if timed("tests", tests, environment) and held else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotStart as error:
        sys.exit(f"script/test: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
