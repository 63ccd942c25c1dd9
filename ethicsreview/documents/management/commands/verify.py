"""``manage.py verify FILE``: the verdict of the verification page, in words."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ethicsreview.documents import wording
from ethicsreview.documents.domain import LARGEST_FILE
from ethicsreview.documents.queries import verdict


class Command(BaseCommand):
    """Exit code 0: issued here and unchanged (superseded or not); 1: anything else."""

    help = "Says whether a PDF file was issued here, is unchanged, properly signed, and still stands."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if not file.is_file():
            raise CommandError(f"{file}: no such file", returncode=1)
        with file.open("rb") as opened:
            found = verdict(opened.read(LARGEST_FILE + 1), now=timezone.now())
        self.stdout.write(str(wording.TITLES[found.outcome]))
        self.stdout.write(str(wording.LINES[found.outcome]))
        for check in wording.checks(found):
            self.stdout.write(f"- {check.label}: {check.word}. {check.line}")
        self.stdout.write(f"- SHA-256: {found.sha256}")
        if not found.is_genuine:
            raise SystemExit(1)
