"""Who and what is on stage: the rows behind the keys of the demo's files."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ethicsreview.accounts.models import Organisation, User
from workflows.management.demo.script import Script, Step
from workflows.models import Case, Committee, Seat
from workflows.queries.folders import Folder


@dataclass
class Stage:
    """Filled while the demo is loaded."""

    script: Script
    now: datetime
    organisations: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    committees: dict[str, Committee] = field(default_factory=dict)
    seats: dict[tuple[str, str], Seat] = field(default_factory=dict)  # committee's and person's key
    cases: dict[str, int] = field(default_factory=dict)
    meetings: dict[str, int] = field(default_factory=dict)
    assessments: dict[str, int] = field(default_factory=dict)

    def text(self, step: Step) -> dict[str, Any]:
        """What the files say of the case, meeting or assessment that a step is about."""
        script = self.script
        told = script.cases.get(step.about) or script.meetings.get(step.about)
        found: dict[str, Any] = told or script.maturity["assessments"][step.about]
        return found

    def holder(self, committee: str, role: str) -> User:
        """The person in the first seat of that role."""
        return next(seat.user for (key, _who), seat in self.seats.items() if key == committee and seat.role == role)

    def actor(self, step: Step, default: str) -> User:
        """Whoever the step names, else the applicant's lead or the holder of a seat."""
        if "by" in step.given:
            return self.people[step.given["by"]]
        text = self.text(step)
        return self.people[text["lead"]] if default == "lead" else self.holder(text["committee"], default)

    def case(self, key: str) -> Case:
        """The case as it stands now."""
        return Case.objects.select_related("committee", "rulebook", "instrument").get(pk=self.cases[key])

    def folder(self, key: str, actor: User, now: datetime) -> Folder:
        """The case as the actor sees it."""
        return Folder(self.case(key), user=actor, now=now)
