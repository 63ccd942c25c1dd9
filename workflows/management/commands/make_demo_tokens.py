"""``manage.py make_demo_tokens``: tokens for the nine people of the example that calls the interface for programs."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ethicsreview.accounts.models import User
from ethicsreview.interface.actions import make_token, revoke_token
from ethicsreview.interface.domain.tokens import Scope
from ethicsreview.interface.queries import tokens_of
from workflows.management.demo.loading import accounts_file, programs
from workflows.management.demo.script import Script

NAME = "script/example.py"
TERM = timedelta(days=90)


class Command(BaseCommand):
    """Tokens made before are revoked, so that it can be run at every start of the demo."""

    help = "Makes a token for each person of script/example.py, in an installation that load_demo filled."

    def handle(self, *args: Any, **options: Any) -> None:
        script = Script()
        people = {role: User.objects.filter(email=mail).first() for role, mail in programs(script).items()}
        if not accounts_file(settings.DATA_DIR).exists() or None in people.values():
            raise CommandError("this is no demo: nobody else's tokens are written to a file")
        now = timezone.now()
        rows = {
            role: {"token": _token(person, now), "password": script.cast["password"]}
            for role, person in people.items()
            if person is not None
        }
        path = Path(settings.DATA_DIR) / "tokens.json"
        _write(path, json.dumps(rows, indent=2) + "\n")
        self.stdout.write(f"{len(rows)} tokens in {path}")


def _token(person: User, now: datetime) -> str:
    for token in tokens_of(person).filter(name=NAME, revoked_at__isnull=True):
        revoke_token(token.pk, actor=person, now=now)
    return make_token(name=NAME, scopes=tuple(Scope), expires_at=now + TERM, actor=person, now=now)[1]


def _write(path: Path, text: str) -> None:
    """For the eyes of whoever runs the demo alone."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
