"""Strangers' files are opened in a process apart, confined in memory and time: a hostile one cannot take ours down."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ethicsreview.files.domain.kinds import BY_CONTENT_TYPE, BadFile, Fault, Found

ROOT = Path(__file__).resolve().parents[3]
MOST_SECONDS = 30  # by the clock; processor time is bounded in the child


class CannotShow(Exception):
    """The page could not be drawn: there is none of that number, or drawing it took too much."""


def inspect_apart(name: str, file: Path) -> Found:
    """As ``inspection.inspect``; a file that exhausts its process is refused as a BOMB. Raises ``BadFile``."""
    try:
        verdict: dict[str, Any] = json.loads(_child(file, "inspect", name))
    except CannotShow:
        raise BadFile(Fault.BOMB) from None
    if "fault" in verdict:
        raise BadFile(Fault(verdict["fault"]), **verdict["facts"])
    return Found(BY_CONTENT_TYPE[verdict["content_type"]], verdict["pages"])


def picture_apart(content_type: str, file: Path, page: int) -> bytes:
    """Page ``page`` (from 1) as PNG. Raises ``CannotShow``."""
    return _child(file, "picture", content_type, str(page))


def _child(file: Path, *arguments: str) -> bytes:
    command = [sys.executable, "-m", f"{__package__}.child", *arguments]
    surroundings = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}
    with file.open("rb") as stream:
        try:
            done = subprocess.run(  # noqa: S603  our own module; the name is one argument, never a shell's
                command, stdin=stream, capture_output=True, timeout=MOST_SECONDS, env=surroundings, check=True
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
            raise CannotShow(*arguments) from failure
    return done.stdout
