"""Every operation of the interface for programs, asked at random at length, as each person of the demo."""

import argparse
import json
import os
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from ethicsreview.accounts.models import User
from ethicsreview.interface.actions import make_token
from ethicsreview.interface.domain.tokens import Scope
from tests.api.fuzzing import ask, operations
from workflows.models import Case, Verification


def main(asked: argparse.Namespace) -> int:
    """1 when an answer is a 5xx or is not in the schema."""
    call_command("load_demo", verbosity=0)
    accounts = json.loads((Path(os.environ["ETHICSREVIEW_DATA"]) / "accounts.json").read_text())
    known, faults = _known(), 0
    for account in accounts:
        user = User.objects.get(email=account["email"])
        statuses: Counter[int] = Counter()
        for place, operation in enumerate(operations()):
            try:
                statuses.update(ask(operation, _headers(user), examples=asked.times, known=known, start=place))
            except (Exception, BaseExceptionGroup) as error:
                faults += 1
                print(f"FAULT {account['role']} {operation.label}: {_told(error)}", flush=True)
        told = ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))
        print(f"{account['role']:24} {told}", flush=True)
    return 1 if faults else 0


def _headers(user: User) -> dict[str, str]:
    """A token of its own for each operation: one that is revoked on the way costs the others nothing."""
    now = timezone.now()
    name = f"fuzz {now.isoformat()}"
    _token, secret = make_token(name=name, scopes=list(Scope), expires_at=now + timedelta(days=1), actor=user, now=now)
    return {"Authorization": f"Bearer {secret}"}


def _known() -> dict[str, Any]:
    case = Case.objects.filter(reference__isnull=False).select_related("committee").order_by("pk")[0]
    verification = Verification.objects.order_by("pk")[0]
    return {
        "ref": case.reference,
        "organisation": case.committee.host_id,
        "code": case.committee.code,
        "verification": verification.pk,
        "assessment": verification.self_assessment_id,
    }


def _told(error: BaseException) -> str:
    return " / ".join(str(one) for one in getattr(error, "exceptions", [error]))[:2000]
