"""``manage.py make_demo_keys``: a demo authority, and a signing key from it for whoever issues documents."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from ethicsreview.documents.authority import issue_demo_key
from ethicsreview.documents.domain import OPERATOR
from ethicsreview.documents.keys import key_file, key_state

ISSUERS = ("review_body", "service_centre")  # the kinds of organisations that host committees


class Command(BaseCommand):
    """Keys that are there are kept, so that it can be run at every start."""

    help = "Makes demo signing keys for the operator and every host of a committee. They prove nothing outside."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--operator", default="Operator of this installation", help="name on the operator's key")
        parser.add_argument("--renew", action="store_true", help="replace the keys that are there")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        issuers = {OPERATOR: options["operator"], **self._hosts()}
        for organisation_id, name in issuers.items():
            self._make(organisation_id, name, now=now, renew=options["renew"])

    def _hosts(self) -> dict[int, str]:
        organisations = apps.get_model("accounts", "Organisation")
        rows = organisations._default_manager.filter(kind__in=ISSUERS).order_by("pk")
        return dict(rows.values_list("pk", "name"))

    def _make(self, organisation_id: int, name: str, *, now: datetime, renew: bool) -> None:
        there = key_file(organisation_id).is_file()
        issue_demo_key(organisation_id, name, now=now, renew=renew)
        state = key_state(organisation_id, at=now)
        done = "kept" if there and not renew else "made"
        self.stdout.write(f"{key_file(organisation_id).name}: {done}, {name}, {state.code}")
