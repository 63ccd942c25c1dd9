"""The pledge that goes before handing in."""

from datetime import datetime

from workflows.actions.applications import content_digest, save_answers
from workflows.domain.application import PLEDGE, YES
from workflows.domain.gapcodes import Gap, GapCode, Refused
from workflows.domain.states import Role
from workflows.queries.folders import Folder


def make_pledge(folder: Folder, *, seen: str, now: datetime) -> str:
    """Keep the lead's pledge before it is frozen; it stays where the handing in is refused.

    ``seen`` is the ``content_digest`` of what was read, empty where unknown; returns what of it is still to check.
    """
    if Role.APPLICANT not in folder.roles or folder.application.answers.get(PLEDGE) == YES:
        return seen
    if seen and seen != content_digest(folder):
        raise Refused((Gap(GapCode.STALE),))
    save_answers(folder.case.pk, {PLEDGE: YES}, actor=folder.user, now=now)
    return ""
