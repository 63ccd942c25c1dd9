"""Publishes the rulebooks that come with the program."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from assessments.domain.strict import Bad
from ethicsreview.strictyaml import BadYaml, load
from workflows.actions.rulebooks import AlreadyPublished, publish_rulebook


class Command(BaseCommand):
    """``manage.py publish_rulebooks [--folder DIR]``; exit code 1 when a file is refused, the others stand.

    A base is looked for among the files of the folder and is published before what stands on it.
    """

    help = "Publishes every rulebook file that is not published yet."

    def add_arguments(self, parser: CommandParser) -> None:
        default = Path(settings.BASE_DIR) / "fixtures" / "rulebooks"
        parser.add_argument("--folder", type=Path, default=default, help="where the *.yaml files stand")

    def handle(self, *args: Any, **options: Any) -> None:
        files = sorted(options["folder"].glob("*.yaml"))
        if not files:
            raise CommandError(f"no rulebook in {options['folder']}", returncode=2)
        read = {file: content for file in files if (content := self._read(file)) is not None}
        bases = {_name(content): content for content in read.values() if "base" not in content}
        refused = len(files) - len(read)
        for file in sorted(read, key=lambda file: ("base" in read[file], file)):
            refused += not self._publish(file, read[file], bases)
        if refused:
            raise CommandError(f"{refused} of {len(files)} rulebooks refused", returncode=1)

    def _read(self, file: Path) -> dict[str, Any] | None:
        try:
            content = load(file.read_text(encoding="utf-8"))
        except (BadYaml, UnicodeDecodeError) as error:
            self.stderr.write(f"{file.name}: REFUSED: {error}")
            return None
        if not isinstance(content, dict):
            self.stderr.write(f"{file.name}: REFUSED: not a mapping")
            return None
        return content

    def _publish(self, file: Path, content: dict[str, Any], bases: dict[str, dict[str, Any]]) -> bool:
        base = bases.get(_name(content["base"])) if "base" in content else None
        try:
            edition, new = publish_rulebook(content, base, actor=None, now=timezone.now())
        except (Bad, AlreadyPublished) as error:
            self.stderr.write(f"{file.name}: REFUSED: {error}")
            return False
        self.stdout.write(f"{file.name}: {edition} {'published' if new else 'stood already'}, digest {edition.digest}")
        return True


def _name(content: Any) -> str:
    return f"{content.get('slug')} v{content.get('version')}" if isinstance(content, dict) else ""
