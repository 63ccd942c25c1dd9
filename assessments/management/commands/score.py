"""Computes results from files, without a database: a self-check, or a recomputation of what a report prints."""

import json
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.domain.parsing import BadInstrument
from assessments.domain.scorefile import compute, read_request
from assessments.domain.staged import StagedInstrument
from assessments.domain.staged_parsing import parse_staged
from assessments.domain.strict import Bad
from ethicsreview.strictyaml import BadYaml, load

WHOLE = "(file)"  # the path that is named when the file as such is at fault


class Command(BaseCommand):
    """``manage.py score FILE [--lines]``; ``-`` reads standard input.

    Exit code 2 and one line naming the path in the file for bad input. With ``--lines`` each line is one computation:
    a bad one answers ``{"error": path}`` in its place, the others are scored, and the exit code is 2 at the end.
    """

    help = "Scores the answers in a JSON file against a staged instrument."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the JSON file, or - for standard input")
        parser.add_argument("--lines", action="store_true", help="one JSON object on each line")
        default = Path(settings.BASE_DIR) / "fixtures" / "instruments"
        parser.add_argument("--instruments", type=Path, default=default, help="where the instruments' files stand")

    def handle(self, *args: Any, **options: Any) -> None:
        library = Library(options["instruments"])
        if options["lines"]:
            with _opened(options["file"]) as stream:
                faulty = self._lines(stream, library)
            if faulty:
                raise CommandError(f"{faulty} of the lines are not computations", returncode=2)
            return
        with _opened(options["file"]) as stream:
            content = stream.read()
        try:
            found = compute(read_request(_json(content), library))
        except Bad as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))

    def _lines(self, stream: Iterable[bytes], library: "Library") -> int:
        faulty = 0
        for line in stream:
            try:
                found = compute(read_request(_json(line), library))
            except Bad as error:
                found, faulty = {"error": error.path or WHOLE}, faulty + 1
            self.stdout.write(json.dumps(found, ensure_ascii=False, separators=(",", ":")))
        return faulty


class Library:
    """The staged instruments of a folder, read when one is asked for the first time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read = cache(self._load)

    def __call__(self, slug: str, version: int) -> StagedInstrument:
        return self._read(slug, version)

    def _load(self, slug: str, version: int) -> StagedInstrument:
        known = {path.name: path for path in self._folder.glob("*.yaml")}
        file = known.get(f"{slug}.v{version}.yaml")
        if file is None:
            raise KeyError(slug)
        try:
            return parse_staged(load(file.read_text(encoding="utf-8")))
        except (BadYaml, BadInstrument) as error:
            raise KeyError(slug) from error


def _opened(name: str) -> IO[bytes]:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise CommandError(f"{WHOLE}: {error.strerror}", returncode=2) from error


def _json(raw: bytes) -> Any:
    """The value a text of JSON holds. Raises ``Bad`` for what is not JSON or has a key twice."""
    try:
        return json.loads(raw, object_pairs_hook=_once)
    except RecursionError:
        raise Bad(WHOLE, "nested too deeply") from None
    except json.JSONDecodeError as error:
        raise Bad(WHOLE, f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except UnicodeDecodeError:
        raise Bad(WHOLE, "not UTF-8") from None
    except Bad:
        raise
    except ValueError:
        raise Bad(WHOLE, "not JSON: a number of too many digits") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Bad(key, "stands twice")
        found[key] = value
    return found
