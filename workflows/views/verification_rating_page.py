"""What the rating page of a verification shows: claims and evidence beside the team's own ratings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from assessments.domain.scoring import Ratings, Standing, standings
from assessments.domain.staged import Criterion, Dimension, StagedItem
from assessments.models import Evidence
from assessments.queries.snapshots import criteria_of
from assessments.wording import shortfall
from workflows.domain.verification_states import TEAM, Round, VState
from workflows.domain.verification_table import JUDGE_EVIDENCE, RATE, WRITE_FINDING
from workflows.forms.verifications import AsideForm, CriterionForm
from workflows.queries.verifications import Rated, VerificationFolder
from workflows.views.verification_doors import head
from workflows.views.verification_pieces import language

DCMM = "dcmm"


@dataclass(frozen=True)
class Typed:
    """What was sent and not taken, on the form of one criterion or one item."""

    key: str
    form: CriterionForm | AsideForm


def slug(key: str) -> str:
    """A criterion's or item's key as part of an element's id."""
    return key.replace(".", "-")


def rates(folder: VerificationFolder) -> bool:
    """Whether ratings save themselves: somebody of the team, while the team rates."""
    return bool(RATE.roles & folder.roles) and folder.state in RATE.sources


class RatingSheet:
    """One dimension as this person may see it; everything is read from the folder once."""

    def __init__(self, folder: VerificationFolder, typed: Typed | None = None) -> None:
        self.folder = folder
        self.typed = typed
        self.rating = rates(folder)
        self.claimed = folder.ratings(Round.SELF)
        self.own = self._own_ratings()
        self.standings = self._standings()
        self.pieces = self._by_criterion()
        self.top = folder.verification.self_assessment.target

    def _standings(self) -> Mapping[str, Standing]:
        """The state of each criterion; for readers outside the team of what they may read, never of the drafts."""
        folder = self.folder
        if folder.verification.round_id is None:
            return {}
        if folder.roles & TEAM:
            return folder.round.standings
        aside = frozenset(item for item, decided in folder.round.na_decisions.items() if decided.approved)
        ratings = Ratings({key: rated.counted for key, rated in self.own.items()}, aside)
        return standings(folder.instrument, ratings, target=folder.verification.self_assessment.target)

    def _own_levels(self) -> Mapping[str, int | None] | None:
        """The team's level of each item, where the person may read it."""
        if self.folder.verification.round_id and self.folder.roles & TEAM:
            return self.folder.round.result.lower.levels
        verified = self.folder.verification.verified
        levels: Mapping[str, int | None] | None = verified.result["levels"] if verified else None
        return levels if self.folder.may_see(Round.FINAL) else None

    def _own_ratings(self) -> dict[str, Rated]:
        final = not self.folder.roles & TEAM and self.folder.may_see(Round.FINAL)
        return self.folder.ratings(Round.FINAL if final else Round.ASSESSOR)

    def _by_criterion(self) -> Mapping[str, list[Evidence]]:
        found: dict[str, list[Evidence]] = {}
        for piece in self.folder.round.evidence:
            for criterion in criteria_of(piece):
                found.setdefault(criterion, []).append(piece)
        return found

    # -- the bar -------------------------------------------------------------------------------------------------

    def url(self, key: str, anchor: str = "") -> str:
        """The page of one dimension, or of the DCMM level."""
        route = reverse("workflows:verification-rating", args=[self.folder.verification.pk])
        return f"{route}?dimension={key}{'#' + anchor if anchor else ''}"

    def bar(self, current: str) -> dict[str, Any]:
        """Every dimension with how far it is rated."""
        places = [self._place(dimension, current) for dimension in self.folder.instrument.dimensions]
        done, asked = sum(place["done"] for place in places), sum(place["asked"] for place in places)
        if self.folder.instrument.dcmm is not None:
            places.append(self._dcmm_place(current))
        here = next((n for n, place in enumerate(places) if place["current"]), 0)
        return {
            "places": places,
            "done": done,
            "asked": asked,
            "before": places[here - 1] if here else None,
            "after": places[here + 1] if here + 1 < len(places) else None,
        }

    def _place(self, dimension: Dimension, current: str) -> dict[str, Any]:
        keys = [one.key for item in dimension.items for cell in item.cells for one in cell]
        asked = [key for key in keys if self.standings.get(key) in {Standing.RATED, Standing.UNANSWERED}]
        done = sum(self.standings[key] is Standing.RATED for key in asked)
        return {
            "key": dimension.key,
            "title": f"{dimension.key} {dimension.title.in_(language())}",
            "url": self.url(dimension.key),
            "current": dimension.key == current,
            "done": done,
            "asked": len(asked),
            "complete": bool(asked) and done == len(asked),
        }

    def dcmm_is_settled(self) -> bool:
        """Whether the team has judged the claimed certificate and signed its finding."""
        facts = self.folder.facts
        return not (facts.claim_unjudged or facts.finding_unsigned)

    def _dcmm_place(self, current: str) -> dict[str, Any]:
        return {
            "key": DCMM,
            "title": _("DCMM level"),
            "url": self.url(DCMM),
            "current": current == DCMM,
            "asked": None,
            "complete": self.dcmm_is_settled(),
        }

    # -- items and criteria --------------------------------------------------------------------------------------

    def items(self, dimension: Dimension) -> list[dict[str, Any]]:
        """The dimension's items with their criteria up to the target."""
        return [self.item(item) for item in dimension.items]

    def item(self, item: StagedItem, above: int = 0) -> dict[str, Any]:
        """One item; criteria of levels over ``above`` stand in the part that a save may draw anew."""
        shown = [one for cell in item.cells[: self.top] for one in cell]
        if self._is_aside(item.key):
            shown = []
        counted = [one for one in shown if self.standings.get(one.key) is not Standing.NOT_REACHED]
        folded = [one for one in shown if one not in counted]
        return {
            "key": item.key,
            "slug": slug(item.key),
            "title": item.title.in_(language()),
            "summary": item.summary.in_(language()),
            "self_level": self._level(self._self_levels(), item.key),
            "own_level": self._level(own, item.key) if (own := self._own_levels()) else None,
            "aside": self._aside(item),
            "reached": [self.criterion(one) for one in counted if not above or one.level <= above],
            "opened": [self.criterion(one) for one in counted if above and one.level > above],
            "folded": [self.criterion(one) for one in folded],
            "folded_open": self.typed is not None and self.typed.key in {one.key for one in folded},
        }

    def _self_levels(self) -> Mapping[str, int | None]:
        levels: Mapping[str, int | None] = self.folder.verification.snapshot.result["levels"]
        return levels

    def _level(self, levels: Mapping[str, int | None], key: str) -> str:
        level = levels.get(key)
        return _("N/A") if level is None else str(level)

    def _is_aside(self, key: str) -> bool:
        decided = self.folder.round.na_decisions.get(key)
        return key in self.folder.round.claimed_aside and (decided is None or decided.approved)

    def _aside(self, item: StagedItem) -> dict[str, Any] | None:
        reason = self.folder.round.claimed_aside.get(item.key)
        if reason is None:
            return None
        decided = self.folder.round.na_decisions.get(item.key)
        form = self.typed.form if self.typed and self.typed.key == item.key else None
        return {
            "reason": reason,
            "approved": decided.approved if decided else None,
            "why": decided.reason if decided else "",
            "url": reverse("workflows:verification-aside", args=[self.folder.verification.pk, item.key]),
            "typed": form["reason"].value() if form else "",
            "errors": form.errors.get("reason", []) if form else [],
        }

    def criterion(self, one: Criterion) -> dict[str, Any]:
        """One criterion: what was claimed, what shows it, what the team rates."""
        own, pk = self.own.get(one.key), self.folder.verification.pk
        form = self.typed.form if self.typed and self.typed.key == one.key else None
        given = form["step"].value() if form else (own.step if own else "")
        return {
            "key": one.key,
            "slug": slug(one.key),
            "text": one.text.in_(language()),
            "evidence": one.evidence.in_(language()),
            "self": self._claim(one),
            "own": self._rated(one, own),
            "form": form,
            "seen": answer.pk if (answer := self.folder.round.answers.get(one.key)) else 0,
            "note": form["note"].value() if form else (own.note if own else ""),
            "scale": [
                {
                    "value": step.key,
                    "word": step.label.in_(language()),
                    "meaning": step.meaning.in_(language()),
                    "checked": step.key == given,
                }
                for step in self.folder.instrument.scale
            ],
            "pieces": [self.piece(piece) for piece in self.pieces.get(one.key, [])],
            "url": reverse("workflows:verification-criterion", args=[pk, one.key]),
        }

    def _claim(self, one: Criterion) -> dict[str, str]:
        claim = self.claimed.get(one.key)
        if claim is None:
            return {"step": "", "word": "", "note": "", "capped": ""}
        capped = claim.counted != claim.step
        return {
            "step": claim.step,
            "word": self._word(claim.step),
            "note": claim.note,
            "capped": _("counted as %(step)s for want of evidence") % {"step": claim.counted} if capped else "",
        }

    def _rated(self, one: Criterion, own: Rated | None) -> dict[str, Any]:
        if own is None:
            return {"step": "", "capped": ""}
        answer = self.folder.round.answers.get(one.key)
        return {
            "step": own.step,
            "word": self._word(own.step),
            "note": own.note,
            "capped": self._capped(one, own),
            "at": parse_datetime(own.at),
            "by": answer.by.name_in(language()) if answer and answer.by_id == own.by else "",
        }

    def _capped(self, one: Criterion, own: Rated) -> str:
        if own.counted == own.step:
            return ""
        told = _("Counts as %(step)s: too little of the evidence is accepted.") % {"step": own.counted}
        rules = self.folder.instrument.evidence
        if rules is None or not self.folder.roles & TEAM:
            return told
        lacking = self.folder.round.counted.lacking.get(one.key, ())
        joint = "；" if language().startswith("zh") else "; "
        why = joint.join(shortfall(short, rules.needs[one.level]) for short in lacking)
        return _("Counts as %(step)s: %(why)s.") % {"step": own.counted, "why": why} if why else told

    def _word(self, step: str) -> str:
        known = self.folder.instrument.steps.get(step)
        return known.label.in_(language()) if known else step

    def piece(self, piece: Evidence) -> dict[str, Any]:
        """One piece of evidence, with where it is opened and judged."""
        pk, rules = self.folder.verification.pk, self.folder.instrument.evidence
        kind = rules.kind_by_key.get(piece.kind) if rules else None
        return {
            "pk": piece.pk,
            "title": piece.title,
            "kind": kind.label.in_(language()) if kind else piece.kind,
            "dated": piece.dated,
            "periods": piece.periods,
            "reference": piece.reference,
            "confidential": piece.confidential,
            "accepted": piece.accepted,
            "url": reverse("workflows:verification-evidence", args=[pk, piece.pk]) if piece.file_id else "",
            "judge_url": reverse("workflows:verification-evidence-judge", args=[pk, piece.pk]),
        }


def dimension_of(folder: VerificationFolder, key: str) -> Dimension | None:
    """The dimension of that key; the first where none is asked for, None for the DCMM level."""
    if key == DCMM and folder.instrument.dcmm is not None:
        return None
    known = {dimension.key: dimension for dimension in folder.instrument.dimensions}
    return known.get(key, folder.instrument.dimensions[0])


def page_context(folder: VerificationFolder, sheet: RatingSheet, dimension: Dimension | None) -> dict[str, Any]:
    """Everything the page needs; of the DCMM level the view adds its part."""
    writes = bool(WRITE_FINDING.roles & folder.roles) and folder.state in WRITE_FINDING.sources
    findings = reverse("workflows:verification-findings", args=[folder.verification.pk]) if writes else ""
    return {
        **head(folder, _("Assessors' ratings")),
        **sheet.bar(dimension.key if dimension else DCMM),
        "rating": sheet.rating,
        "judging": bool(JUDGE_EVIDENCE.roles & folder.roles) and folder.state in JUDGE_EVIDENCE.sources,
        "finding_url": findings,
        "dimension": dimension_words(dimension) if dimension else None,
        "items": sheet.items(dimension) if dimension else [],
    }


def dimension_words(dimension: Dimension) -> dict[str, str]:
    """Its title and what it is about."""
    title = f"{dimension.key} {dimension.title.in_(language())}"
    return {"title": title, "summary": dimension.summary.in_(language())}


def is_shown(folder: VerificationFolder) -> bool:
    """Whether the person may read some rating of the team's."""
    own = folder.may_see(Round.ASSESSOR) or folder.may_see(Round.FINAL)
    return own and folder.state is not VState.ENTRY
