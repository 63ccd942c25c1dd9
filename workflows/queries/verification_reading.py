"""What of a verification a person with a part in it may open: one answer for pages and for programs."""

from ethicsreview.accounts.models import User
from workflows.domain import verification_table as t
from workflows.domain.verification_states import BODY, TEAM, Round, VRole
from workflows.queries.verification_pages import candidates
from workflows.queries.verifications import VerificationFolder


def opens_evidence(folder: VerificationFolder) -> bool:
    """The files of the evidence, confidential ones too."""
    return folder.may_see(Round.SELF) or bool(folder.roles & BODY)


def reads_ratings(folder: VerificationFolder) -> bool:
    """The ratings of the team, drafts or released ones."""
    return folder.may_see(Round.ASSESSOR) or folder.may_see(Round.FINAL)


def reads_onsite(folder: VerificationFolder) -> bool:
    """What was recorded on site: the body's people once they may read the team's ratings."""
    return folder.may_see(Round.ASSESSOR) and bool(folder.roles & BODY)


def reads_panel(folder: VerificationFolder) -> bool:
    """The panel: the body's people with a part beside the team, everybody else once a ballot is closed."""
    inside = bool(folder.roles & (BODY - TEAM))
    return inside or (bool(folder.roles) and any(ballot.closed_at for ballot in folder.ballots))


def reads_objections(folder: VerificationFolder) -> bool:
    """Objections once there is one; the desk always."""
    return bool(folder.objections) or VRole.COORDINATOR in folder.roles


def names_objectors(folder: VerificationFolder) -> bool:
    """Who objected, and where the answer goes."""
    return bool(folder.roles & {VRole.COORDINATOR, VRole.DECIDER})


def recusable(folder: VerificationFolder) -> list[User]:
    """Whose conflict this person may state: the own alone, for the coordinator that of every assessor not recused."""
    if VRole.COORDINATOR not in folder.roles or folder.facts.state not in t.RECORD_RECUSAL.sources:
        return [folder.user]
    others = [one.user for one in candidates(folder) if not one.recused and one.user.pk != folder.user.pk]
    return [*others, folder.user]
