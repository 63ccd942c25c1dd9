"""What the plan pages show: the proposal with the step outside it, and the steps taken on with their progress."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.domain.maturity_gaps import PLAN
from assessments.domain.planning import Plan
from assessments.domain.scoring import Gate
from assessments.domain.staged import StagedInstrument
from assessments.models import PlanStep
from assessments.queries.maturity import MaturityFolder, day_of
from assessments.queries.planning import PlanFolder, efforts_of, plan_steps
from assessments.views.pieces import tier_name, tongue

SHORT = 12  # criteria up to which a proposal lies open


class Aim(StrEnum):
    """What the proposal keeps small."""

    FEWEST = "fewest"
    CHEAPEST = "cheapest"


@dataclass(frozen=True)
class Wish:
    """Which proposal is asked for; None for the next tier."""

    tier: int | None
    aim: Aim

    def url(self, pk: int, **other: Any) -> str:
        """The address of the page with this wish, changed by ``other``."""
        values = {"tier": self.tier, "aim": self.aim.value} | other
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{reverse('assessments:plan', args=[pk])}?{query}"


def wish_of(asked: Mapping[str, str]) -> Wish:
    """What a query asks for; what makes no sense is left out."""
    tier = asked.get("tier", "")
    aim = asked.get("aim", "")
    return Wish(
        int(tier) if tier.isascii() and tier.isdigit() and len(tier) < 3 else None,
        Aim(aim) if aim in set(Aim) else Aim.FEWEST,
    )


def may_plan(folder: MaturityFolder) -> bool:
    """Whether the person edits the plan, which goes on after the submission."""
    return bool(folder.parts & PLAN.parts)


def plan_context(folder: MaturityFolder, wish: Wish) -> dict[str, Any]:
    """The proposal, the efforts it rests on and the steps taken on."""
    start, language = PlanFolder(folder), tongue()
    efforts, steps = efforts_of(folder.row.pk), plan_steps(folder.row.pk)
    ahead = start.tiers()
    tier = wish.tier if wish.tier in ahead else (ahead[0] if ahead else None)
    planned = {step.criterion for step in steps}
    return {
        "now": tier_name(folder.instrument, start.verdict.tier),
        "editable": may_plan(folder),
        "proposal": _proposal(start, tier, wish.aim, efforts, planned, language) if tier else None,
        "tier_tabs": [
            {
                "label": tier_name(folder.instrument, number),
                "url": wish.url(folder.row.pk, tier=number),
                "current": number == tier,
            }
            for number in ahead
        ],
        "aim_tabs": [
            {"label": label, "url": wish.url(folder.row.pk, tier=tier, aim=aim.value), "current": aim is wish.aim}
            for aim, label in ((Aim.FEWEST, _("Fewest criteria")), (Aim.CHEAPEST, _("Least effort")))
        ],
        "efforts_given": bool(efforts),
        **steps_context(folder, steps),
    }


def _proposal(
    start: PlanFolder, tier: int, aim: Aim, efforts: Mapping[str, int], planned: set[str], language: str
) -> dict[str, Any]:
    weighed = efforts if aim is Aim.CHEAPEST else {}
    found = start.proposal(tier, weighed)
    instrument = start.instrument
    return {
        "tier": tier_name(instrument, tier),
        "number": tier,
        "dcmm": found.dcmm_needed,
        "dcmm_now": start.dcmm,
        "count": len(found.changes),
        "short": len(found.changes) <= SHORT,
        "cost": found.cost if aim is Aim.CHEAPEST else None,
        "summary": _summary(found),
        "items": [
            {
                "key": key,
                "title": instrument.items[key].title.in_(language),
                "effort": weighed.get(key, 1),
                "changes": [_change(start, criterion, planned, language) for criterion in criteria],
            }
            for key, criteria in found.by_item.items()
        ],
        "changes": found.changes,
        "fresh": [key for key in found.changes if key not in planned],
        "held_by_dcmm": Gate.DCMM in start.verdict.binding and found.dcmm_needed is not None,
    }


def _summary(found: Plan) -> str:
    count = len(found.changes)
    words = ngettext("%(count)s criterion", "%(count)s criteria", count) % {"count": count}
    items = len(found.by_item)
    return ngettext("%(criteria)s in %(count)s item", "%(criteria)s in %(count)s items", items) % {
        "criteria": words,
        "count": items,
    }


def _change(start: PlanFolder, key: str, planned: set[str], language: str) -> dict[str, Any]:
    instrument, step = start.instrument, start.ratings.steps.get(key)
    criterion = instrument.criteria[key]
    return {
        "key": key,
        "level": criterion.level,
        "text": criterion.text.in_(language),
        "evidence": criterion.evidence.in_(language),
        "now": instrument.steps[step].label.in_(language) if step else _("Unanswered"),
        "then": instrument.steps[instrument.best].label.in_(language),
        "planned": key in planned,
    }


def steps_context(folder: MaturityFolder, steps: list[PlanStep]) -> dict[str, Any]:
    """The steps taken on, in the instrument's order, and how many are done."""
    language, today = tongue(), day_of(folder.now)
    rows = [step_row(folder, step, language, today) for step in _ordered(folder.instrument, steps)]
    done = sum(1 for row in rows if row["done"])
    return {
        "steps": rows,
        "done": done,
        "late": sum(1 for row in rows if row["late"]),
    }


def _ordered(instrument: StagedInstrument, steps: list[PlanStep]) -> list[PlanStep]:
    places = {key: place for place, key in enumerate(instrument.criteria)}
    return sorted(steps, key=lambda step: (places.get(step.criterion, len(places)), step.pk))


def step_row(folder: MaturityFolder, step: PlanStep, language: str, today: date) -> dict[str, Any]:
    """One step: what it is about, who sees to it, whether it is late and how the criterion is rated by now."""
    instrument = folder.instrument
    criterion = instrument.criteria[step.criterion]
    rated = folder.ratings.steps.get(step.criterion)
    return {
        "step": step,
        "key": step.criterion,
        "item": instrument.items[criterion.item].title.in_(language),
        "level": criterion.level,
        "text": criterion.text.in_(language),
        "owner": step.owner.name_in(language) if step.owner else "",
        "due": step.due,
        "late": step.done_at is None and step.due is not None and step.due < today,
        "done": step.done_at,
        "note": step.note,
        "met": rated == instrument.best,
        "rated": instrument.steps[rated].label.in_(language) if rated else _("Unanswered"),
    }
