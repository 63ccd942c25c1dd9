"""What reviewers of the demo rate: named ratings as the files say, the others around the level of their point."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

from assessments.domain.answers import EvidenceLink
from assessments.domain.instrument import is_asked
from assessments.steps import add_answer
from ethicsreview.accounts.models import User
from workflows.domain.transitions import RATE
from workflows.management.demo.script import BrokenScript, Step
from workflows.management.demo.stage import Stage
from workflows.models import CaseFile
from workflows.queries.folders import Folder
from workflows.steps import guard, note, open_folder

PACE = timedelta(seconds=30)  # from one rating to the next
PLAIN, SOUND, BEST = 1, 3, 4
PAGES = {"HR": 1, "SD": 1, "CD": 2, "PR": 2, "FJ": 2, "SS": 3, "AT": 3, "SA": 3}  # of the plan, by point


@dataclass(frozen=True)
class Judgement:
    """One rating before it is given; ``paper`` and ``page`` say where its evidence stands."""

    item: str
    step: str | None
    reason: str = ""
    paper: str = ""
    page: int = 1


@transaction.atomic(durable=True)
def rate(stage: Stage, step: Step, *, actor: User) -> None:
    """Every rating of one reviewer, or the first ``most``, with the same events as if given one by one."""
    folder = open_folder(stage.cases[step.about], actor=actor, now=step.at)
    guard(RATE, folder)
    review = folder.own_review
    if review is None:
        raise BrokenScript(str(step))
    papers = _papers(folder)
    judgements = list(_judgements(stage, step, folder))[: step.given.get("most")]
    for place, judged in enumerate(judgements):
        at = step.at + place * PACE
        answer = add_answer(
            assessment=review.assessment,
            item=judged.item,
            step=judged.step,
            not_applicable=judged.step is None,
            reason=judged.reason,
            evidence=_evidence(judged, papers),
            by=actor,
            now=at,
        )
        if answer is not None:
            note(folder.case, RATE.verb, actor=actor, now=at, review=review.pk, item=judged.item, answer=answer.pk)


def _papers(folder: Folder) -> dict[str, CaseFile]:
    return {file.item: file for file in folder.files}


def _evidence(judged: Judgement, papers: Mapping[str, CaseFile]) -> tuple[EvidenceLink, ...]:
    if not judged.paper:
        return ()
    version = papers[judged.paper].current
    return (EvidenceLink(version=version.pk, page=min(judged.page, version.pages or 1)),)


def _judgements(stage: Stage, step: Step, folder: Folder) -> Iterator[Judgement]:
    text = stage.text(step)
    own = text["reviews"][step.given["by"]]
    levels = dict(level.split(":") for level in own["levels"].split())
    language = folder.user.language[:2]
    remarks = stage.script.remarks
    for key, item in folder.instrument.items.items():
        if not is_asked(item, folder.case.tier or None, frozenset(folder.case.flags)):
            continue
        if key in own.get("says", {}):
            yield _named(key, own["says"][key])
        elif key in text.get("aside", ()):
            yield Judgement(key, None, remarks["aside"][key][language])
        else:
            chance = zlib.crc32(f"{step.about}{step.given['by']}{key}".encode())
            yield _around(key, int(levels[key.split("-")[0]]), chance, remarks["short"][key][language])


def _named(key: str, says: Mapping[str, Any]) -> Judgement:
    return Judgement(key, says.get("step"), says["reason"], says.get("paper", ""), says.get("page", 1))


def _around(key: str, level: int, chance: int, remark: str) -> Judgement:
    """One in six a step lower, one in six a step higher; whatever falls short says what is missing."""
    shift = {0: -1, 1: 1}.get(chance % 6, 0)
    step = max(PLAIN, min(BEST, level + shift))
    paper = "protocol_file" if step >= SOUND and chance % 3 == 0 else ""
    return Judgement(key, str(step), "" if step >= SOUND else remark, paper, PAGES[key.split("-")[0]])
