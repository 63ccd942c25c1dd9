"""Publishes the instruments that come with the program."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assessments.actions import AlreadyPublished, publish_instrument
from assessments.domain.parsing import BadInstrument
from ethicsreview.strictyaml import BadYaml


class Command(BaseCommand):
    """``manage.py publish_instruments [--folder DIR]``; exit code 1 when a file is refused, the others stand."""

    help = "Publishes every instrument file that is not published yet."

    def add_arguments(self, parser: CommandParser) -> None:
        default = Path(settings.BASE_DIR) / "fixtures" / "instruments"
        parser.add_argument("--folder", type=Path, default=default, help="where the *.yaml files stand")

    def handle(self, *args: Any, **options: Any) -> None:
        files = sorted(options["folder"].glob("*.yaml"))
        if not files:
            raise CommandError(f"no instrument in {options['folder']}", returncode=2)
        refused = sum(not self._publish(file) for file in files)
        if refused:
            raise CommandError(f"{refused} of {len(files)} instruments refused", returncode=1)

    def _publish(self, file: Path) -> bool:
        try:
            found = publish_instrument(file.read_text(encoding="utf-8"), actor=None, now=timezone.now())
        except (BadYaml, BadInstrument, AlreadyPublished) as error:
            self.stderr.write(f"{file.name}: REFUSED: {error}")
            return False
        state = "published" if found.new else "stood already"
        self.stdout.write(f"{file.name}: {found.version} {state}, digest {found.version.digest}")
        return True
