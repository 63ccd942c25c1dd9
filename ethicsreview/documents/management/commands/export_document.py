"""``manage.py export_document --latest DIR``: put the newest signed document on disk, byte for byte."""

import hashlib
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ethicsreview.documents.models import SignedDocument

PAUSE = 0.5  # seconds between two looks


class Command(BaseCommand):
    """Writes the path of the file it made, and nothing else."""

    help = "Write the newest signed document into a folder and print its path."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, and how long to wait for a first document."""
        parser.add_argument("--latest", type=Path, required=True, metavar="DIR", help="folder to write into")
        parser.add_argument("--wait", type=float, default=0, metavar="SECONDS", help="wait so long for one to appear")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises ``CommandError`` when there is none, or when its bytes are not those that were signed."""
        document = self._latest(options["wait"])
        content = bytes(document.content)
        if hashlib.sha256(content).hexdigest() != document.sha256:
            raise CommandError(f"{document} is damaged: its bytes do not have the digest kept with them")
        path = options["latest"] / document.file_name
        path.write_bytes(content)
        self.stdout.write(str(path))

    def _latest(self, seconds: float) -> SignedDocument:
        until = time.monotonic() + seconds
        while True:
            document = SignedDocument.objects.order_by("-signed_at", "-pk").first()
            if document is not None:
                return document
            if time.monotonic() >= until:
                raise CommandError("no document has been signed yet")
            time.sleep(PAUSE)
