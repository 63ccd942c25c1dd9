"""Fills an empty installation with the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workflows.domain.gapcodes import Refused
from workflows.management.demo.loading import NotEmpty, load_demo, write_accounts
from workflows.management.demo.script import BrokenScript


class Command(BaseCommand):
    """``manage.py load_demo``, after ``migrate`` and the two publishing commands; reports are left queued."""

    help = "Loads demo organisations, people, committees, meetings and cases into an empty database."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            stage = load_demo(now=timezone.now())
        except NotEmpty:
            raise CommandError("the database is not empty; the demo is loaded into an empty one") from None
        except (BrokenScript, Refused) as broken:
            raise CommandError(f"the demo does not play: {broken}") from broken
        accounts = write_accounts(stage, settings.DATA_DIR)
        self.stdout.write(f"{len(stage.cases)} cases, {len(stage.people)} people; accounts in {accounts}")
