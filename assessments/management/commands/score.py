"""Computes results from files, without a database: a self-check, or a recomputation of what a report prints."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.domain.kinds import parse_any
from assessments.domain.parsing import BadInstrument
from assessments.domain.scorefile import compute, read_request
from assessments.domain.staged import StagedInstrument
from assessments.domain.strict import Bad
from ethicsreview.strictyaml import BadYaml, load

WHOLE = "(file)"  # the path that is named when the file as such is at fault
LONGEST = 300  # characters of what is printed from a file


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
            found = _computed(content, library)
        except Bad as error:
            raise CommandError(f"{_printed(error.path)}: {_printed(error.reason)}", returncode=2) from error
        self.stdout.write(json.dumps(found, indent=2))

    def _lines(self, stream: Iterable[bytes], library: "Library") -> int:
        faulty = 0
        for line in stream:
            try:
                found = _computed(line, library)
            except Bad as error:
                found, faulty = {"error": _printed(error.path)}, faulty + 1
            self.stdout.write(json.dumps(found, separators=(",", ":")))
        return faulty


class Library:
    """The staged instruments of a folder, each read once, when it is asked for the first time."""

    def __init__(self, folder: Path) -> None:
        self._files = {path.name: path for path in folder.glob("*.yaml")}
        self._read: dict[str, StagedInstrument | str] = {}

    def __call__(self, slug: str, version: int) -> StagedInstrument:
        """Raises ``KeyError`` for an instrument that is not there, ``Bad`` for one that cannot be read."""
        name = f"{slug}.v{version}.yaml"
        if name not in self._read:
            self._read[name] = _instrument(self._files[name])
        found = self._read[name]
        if isinstance(found, str):
            raise Bad("instrument", found)
        return found


def _instrument(file: Path) -> StagedInstrument | str:
    """The instrument in a file, or why it is none that can be scored."""
    try:
        found = parse_any(load(file.read_text(encoding="utf-8")))
    except (BadYaml, BadInstrument) as error:
        return f"{file.name}: {error}"
    return found if isinstance(found, StagedInstrument) else f"{file.name}: not a staged instrument"


def _opened(name: str) -> IO[bytes]:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as error:
        raise CommandError(f"{WHOLE}: {error.strerror}", returncode=2) from error


def _computed(raw: bytes, library: Library) -> dict[str, Any]:
    """The answer to one request. Raises ``Bad``."""
    try:
        return compute(read_request(_json(raw), library))
    except RecursionError:
        raise Bad(WHOLE, "nested too deeply") from None


def _printed(text: str) -> str:
    """What came out of a file, on one line of bounded length; the path of the file as such has a name."""
    shown = "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text[:LONGEST])
    return (shown if len(text) <= LONGEST else f"{shown}…") or WHOLE


def _json(raw: bytes) -> Any:
    """The value a text of JSON holds. Raises ``Bad`` for what is not JSON or has a key twice."""
    repeated: list[_Repeated] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        repeated.append(_Repeated(pairs))
        return repeated[-1]

    try:
        found = json.loads(raw, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise Bad(WHOLE, f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except UnicodeDecodeError:
        raise Bad(WHOLE, "not UTF-8") from None
    except ValueError:
        raise Bad(WHOLE, "not JSON: a number of too many digits") from None
    if repeated:
        raise Bad(_path_to(repeated[-1], found), "stands twice")  # the outermost, so that it can be reached
    return found


class _Repeated(dict[str, Any]):
    """A mapping of which one key stood twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        counted = Counter(key for key, _value in pairs)
        self.key = next(key for key, times in counted.items() if times > 1)


def _path_to(wanted: _Repeated, top: Any) -> str:
    """Where the repeated key stands; ``wanted`` lies in ``top``."""
    waiting: list[tuple[str, Any]] = [("", top)]
    while True:
        path, value = waiting.pop()
        if value is wanted:
            return f"{path}{wanted.key}"
        if isinstance(value, dict):
            waiting += [(f"{path}{key}.", inner) for key, inner in value.items()]
        if isinstance(value, list):
            waiting += [(f"{path[:-1]}[{place}].", inner) for place, inner in enumerate(value)]
