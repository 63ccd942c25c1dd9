"""Ten thousand assessments of 140 criteria, scored from one file."""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benches.measuring import measured
from tests.domain.small_staged import published

ROOT = Path(__file__).resolve().parents[2]
ASSESSMENTS = 10_000


def main(asked: argparse.Namespace) -> int:
    """A file of random assessments through ``manage.py score --lines``, a process of its own, on one core."""
    chance = random.Random(1)  # noqa: S311  no secret
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "assessments.jsonl"
        with file.open("w", encoding="utf-8") as lines:
            for _ in range(ASSESSMENTS):
                print(json.dumps(assessment(chance)), file=lines)
        command = [sys.executable, "manage.py", "score", "--lines", str(file)]
        if taskset := shutil.which("taskset"):
            command = [taskset, "--cpu-list", "0", *command]
        print(f"{ASSESSMENTS} assessments, {file.stat().st_size / 1e6:.0f} MB")
        measured(
            "  score --lines",
            lambda: subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True),
            asked.times,
        )
    return 0


def assessment(chance: random.Random) -> dict[str, object]:
    """A request with an answer to every criterion, each item near a level of its own."""
    items = {}
    for key, item in published("aim-dcmm.v1").items.items():
        level = chance.randint(0, 5)
        items[key] = {
            "ratings": {
                one.key: "F" if one.level <= level else chance.choice("NPLF") for cell in item.cells for one in cell
            }
        }
    return {
        "instrument": "aim-dcmm",
        "version": 1,
        "reference_date": "2026-11-23",
        "dcmm": {"level": chance.randint(0, 5)},
        "items": items,
    }
