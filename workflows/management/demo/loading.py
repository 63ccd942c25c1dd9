"""Loading the demo: the cast takes its place, then the stories are played in the order of time."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from ethicsreview.accounts.models import User
from ethicsreview.notices.actions import mark_all_read
from workflows.domain.gapcodes import Refused
from workflows.management.demo.case_deeds import CASE_DEEDS
from workflows.management.demo.cast import enter
from workflows.management.demo.maturity_deeds import MATURITY_DEEDS
from workflows.management.demo.meeting_deeds import MEETING_DEEDS
from workflows.management.demo.script import BrokenScript, Script, Step
from workflows.management.demo.stage import Stage
from workflows.management.demo.verification_deeds import VERIFICATION_DEEDS

UNREAD = timedelta(days=4)  # what is older was read
DEEDS = CASE_DEEDS | MEETING_DEEDS | MATURITY_DEEDS | VERIFICATION_DEEDS


class NotEmpty(Exception):
    """Somebody is here already."""


def load_demo(*, now: datetime, script: Script | None = None) -> Stage:
    """Fill an empty installation. Raises ``NotEmpty``, and ``BrokenScript`` naming the step that went otherwise."""
    if User.objects.exists():
        raise NotEmpty
    stage = Stage(script or Script(), now)
    enter(stage)
    for step in stage.script.steps(now):
        play(stage, step)
    for person in stage.people.values():
        mark_all_read(actor=person, now=now - UNREAD)
    return stage


def play(stage: Stage, step: Step) -> None:
    """Do the deed; where the file says it is refused, it must be, for these reasons."""
    expected = set(step.given.get("refused", ()))
    try:
        DEEDS[step.do](stage, step)
    except Refused as refused:
        found = {gap.code.value for gap in refused.gaps}
        if found != expected:
            raise BrokenScript(f"{step}: refused, {refused}") from refused
    else:
        if expected:
            raise BrokenScript(f"{step}: was not refused")


def write_accounts(stage: Stage, folder: Path) -> Path:
    """One account per role, for whoever starts the demo: ``[{"role", "email", "password"}]``."""
    cast = stage.script.cast
    rows = [
        {"role": row["role"], "email": stage.people[row["person"]].email, "password": cast["password"]}
        for row in cast["accounts"]
    ]
    path = accounts_file(folder)
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def accounts_file(folder: Path) -> Path:
    """Where the accounts of a demo are written; there is none where nothing was loaded."""
    return folder / "accounts.json"


def programs(script: Script) -> dict[str, str]:
    """Whose tokens the example of the interface for programs uses: part → mail address."""
    people = {key: row for body in script.cast["organisations"].values() for key, row in body["people"].items()}
    return {part: people[key]["email"] for part, key in script.cast["programs"].items()}
