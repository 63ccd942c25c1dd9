"""What the rules need to know of a case, gathered from its folder."""

from typing import TYPE_CHECKING

from workflows.domain import application as forms
from workflows.domain.casefacts import CaseFacts, Draft
from workflows.domain.states import MeetingState, State
from workflows.models import Decision

if TYPE_CHECKING:
    from workflows.queries.folders import Folder


def case_facts(folder: "Folder") -> CaseFacts:
    """Everything the table needs, for the folder's person and moment; only what the state can ask is read."""
    state = State(folder.case.state)
    facts = CaseFacts(
        state=state,
        roles=folder.roles,
        tier=folder.case.tier,
        exemption_claimed=bool(folder.case.exemption),
        exempt=bool(folder.case.exemption and folder.case.exemption_evidence),
        listed=tuple(folder.case.listed),
        red_lines=tuple(folder.case.red_lines),
        chair_free=folder.chair_free,
        designated=folder.case.acting_chair_id is not None,
    )
    parts = {
        **_application_facts(folder, state),
        **_review_facts(folder, state),
        **_meeting_facts(folder, state),
        **_decision_facts(folder, state),
    }
    return CaseFacts(**{**facts.__dict__, **parts})


def _application_facts(folder: "Folder", state: State) -> dict[str, object]:
    if state not in {State.DRAFT, State.SUBMITTED, State.SUPPLEMENT, State.MODIFYING}:
        return {}
    answers = folder.application.answers
    held = frozenset(file.item for file in folder.files)
    open_notice = next((notice for notice in folder.notices if notice.answered_at is None), None)
    return {
        "missing_items": forms.missing_items(folder.rules.application, answers, held),
        "unanswered": forms.unanswered(folder.rules.lists, answers),
        "pledged": forms.is_pledged(folder.rules, answers),
        "notices": len(folder.notices),
        "open_items": tuple(i.item for i in open_notice.items.all() if not i.answer) if open_notice else (),
        "composition": folder.composition if state is State.SUBMITTED else (),
    }


def _review_facts(folder: "Folder", state: State) -> dict[str, object]:
    if state not in {State.ACCEPTED, State.REVIEWING}:
        return {}
    return {
        "reviewers": len(folder.reviews),
        "outstanding": sum(review.submitted_at is None for review in folder.reviews),
        "unrated": len(folder.unrated) if state is State.REVIEWING else 0,
        "unreasoned": folder.unreasoned if state is State.REVIEWING else (),
    }


def _meeting_facts(folder: "Folder", state: State) -> dict[str, object]:
    if state not in {State.READY, State.DELIBERATING, State.VOTING, State.CARRIED, State.CHECKING}:
        return {}
    if state in {State.CARRIED, State.CHECKING}:
        return {"blocks": folder.blocks}
    motion = folder.motion
    return {
        "blocks": folder.blocks,
        "on_agenda": folder.item is not None,
        "meeting_open": folder.item is not None and folder.item.meeting.state == MeetingState.OPEN.value,
        "other_item_open": _other_item_open(folder),
        "room": folder.room,
        "proposal": motion.decision_kind if motion else "",
        "voting_opened": folder.voting_opened,
    }


def _decision_facts(folder: "Folder", state: State) -> dict[str, object]:
    if state not in {State.CARRIED, State.CHECKING}:
        return {}
    draft = folder.draft
    return {
        "carried_kind": folder.carried.decision_kind if folder.carried else "",
        "draft": _drafted(draft) if draft else None,
        "day": folder.day,
        "longest_followup": folder.longest_followup.value,
    }


def _drafted(draft: Decision) -> Draft:
    return Draft(
        kind=draft.kind,
        given=given_in(draft),
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        followup_months=draft.followup_months,
    )


def _other_item_open(folder: "Folder") -> bool:
    if folder.item is None:
        return False
    items = folder.item.meeting.items.filter(opened_at__isnull=False, closed_at__isnull=True)
    return items.exclude(case=folder.case).exists()


def given_in(decision: Decision) -> frozenset[str]:
    """The requirement codes a decision has content for, in at least one language."""
    held = {
        "reasons": decision.reasons_en or decision.reasons_zh,
        "requirements": decision.requirements_en or decision.requirements_zh,
        "scope": decision.scope_en or decision.scope_zh,
        "validity": decision.valid_until,
        "conditions": decision.pk and list(decision.conditions.all()),
    }
    return frozenset(code for code, value in held.items() if value)
