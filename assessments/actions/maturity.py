"""What an enterprise does with its own assessment: begins it, answers it with colleagues, hands it in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Length

from assessments.domain.claims import Policy
from assessments.domain.enterprises import Size
from assessments.domain.maturity_gaps import (
    ANSWER,
    EDIT,
    IMPORT,
    NAME,
    REMOVE,
    SET_ASIDE,
    SUBMIT,
    TAKE_LEAD,
    MaturityGap,
    MaturityGapCode,
    MaturityRefused,
    gaps,
)
from assessments.domain.merging import Content, merge
from assessments.domain.scoring import set_aside_faults
from assessments.domain.staged import StagedInstrument
from assessments.models import (
    Answer,
    Contributor,
    DcmmClaim,
    Evidence,
    EvidenceLink,
    InstrumentVersion,
    SelfAssessment,
    Snapshot,
)
from assessments.queries import load_any
from assessments.queries.maturity import MaturityFolder, answers_digest, day_of, one_round
from assessments.queries.snapshots import criteria_of, standing_claim, standing_evidence
from assessments.steps import (
    guard,
    lock_self_assessment,
    note,
    open_assessment,
    put_answer,
    submit_assessment,
    take_snapshot,
    touch,
)
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Organisation, User
from ethicsreview.accounts.queries import has_role
from ethicsreview.notices.domain import Verb
from ethicsreview.notices.steps import notify

Code = MaturityGapCode


class AnswerOvertaken(Exception):
    """Somebody answered the same criterion otherwise since it was read; ``answer`` is what stands now."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"{answer.item}: answer {answer.pk} stands meanwhile")
        self.answer = answer


@dataclass(frozen=True)
class Outline:
    """What an assessment is about; ``target`` is the tier aimed at, ``size`` one of ``Size``."""

    legal_entity: str
    scope: str
    size: Size
    target: int
    entity_code: str = ""
    sector: str = ""
    adviser: str = ""
    dcmm_policy: Policy = Policy.CERTIFICATE_OR_FINDING


@dataclass(frozen=True)
class GivenAnswer:
    """One row of an import: a criterion with its step or None, or an item that is (or no longer is) set aside."""

    key: str
    step: str | None = None
    set_aside: bool = False
    note: str = ""


@transaction.atomic(durable=True)
def start_self_assessment(
    organisation: Organisation,
    instrument: InstrumentVersion,
    outline: Outline,
    *,
    follows: SelfAssessment | None = None,
    actor: User,
    now: datetime,
) -> SelfAssessment:
    """Begin an assessment of ``organisation``, pinned to this version of the instrument; ``actor`` leads it.

    What stands in ``follows``, an earlier one, is taken over. Raises ``MaturityRefused``.
    """
    if not has_role(actor, MemberRole.ENTERPRISE, organisation.pk, day_of(now)):
        raise MaturityRefused(MaturityGap(Code.WRONG_ROLE))
    staged = _staged(instrument, outline.target)
    _check_predecessor(follows, organisation, instrument)
    row = SelfAssessment.objects.create(
        assessment=open_assessment(instrument_version=instrument, now=now),
        organisation=organisation,
        reference=_next_reference(day_of(now).year),
        lead=actor,
        follows=follows,
        **{"created_at": now, "changed_at": now, **_columns(outline)},
    )
    taken = _take_over(follows, row, staged, actor, now) if follows else {}
    facts = {"instrument": instrument.pk, "target": outline.target, "follows": row.follows_id}
    note(row, "self_assessment.start", actor=actor, now=now, **facts, **taken)
    return row


@transaction.atomic(durable=True)
def edit_self_assessment(self_assessment_id: int, outline: Outline, *, actor: User, now: datetime) -> SelfAssessment:
    """Change what the assessment is about or the tier aimed at while it is open. Raises ``MaturityRefused``."""
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    guard(EDIT, folder)
    _check_target(folder.instrument, outline.target)
    columns = _columns(outline)
    changed = {name: value for name, value in columns.items() if getattr(folder.row, name) != value}
    if changed:
        touch(folder.row, now=now, **changed)
        note(folder.row, EDIT.verb, actor=actor, now=now, fields=sorted(changed), target=outline.target)
    return folder.row


@transaction.atomic(durable=True)
def answer_criterion(
    self_assessment_id: int,
    criterion: str,
    *,
    step: str | None,
    reason: str = "",
    seen: int | None = None,
    actor: User,
    now: datetime,
) -> Answer | None:
    """Keep one rating with its note; None for ``step`` clears it.

    ``seen`` is the id of the answer the page was filled from, None where there was none. What somebody else answered
    meanwhile is merged where nothing is lost by it. Raises ``AnswerOvertaken``, ``MaturityRefused``, ``BadAnswer``.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    if criterion not in folder.instrument.criteria:
        raise MaturityRefused(MaturityGap(Code.CRITERION_UNKNOWN, criterion))
    guard(ANSWER, folder, folder.dimension_of(criterion).key)
    return _answer(folder, criterion, Content(step or "", False, reason.strip()), seen, ANSWER.verb)


@transaction.atomic(durable=True)
def set_item_aside(
    self_assessment_id: int,
    item: str,
    *,
    aside: bool,
    reason: str = "",
    seen: int | None = None,
    actor: User,
    now: datetime,
) -> Answer | None:
    """Set an item aside as not applicable with its reason, or take it up again; its ratings are kept.

    Refused where the instrument does not allow it or too much weight would be set aside; ``seen`` and what is raised
    as for ``answer_criterion``.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    if item not in folder.instrument.items:
        raise MaturityRefused(MaturityGap(Code.CRITERION_UNKNOWN, item))
    guard(SET_ASIDE, folder, folder.dimension_of(item).key)
    if aside:
        _check_aside(folder, item)
    return _answer(folder, item, Content("", aside, reason.strip() if aside else ""), seen, SET_ASIDE.verb)


@transaction.atomic(durable=True)
def import_answers(
    self_assessment_id: int, rows: Sequence[GivenAnswer], *, seen_digest: str, actor: User, now: datetime
) -> list[Answer]:
    """Take answers over from a file, all of them or none; what says the same as before adds nothing.

    ``seen_digest`` is the ``answers_digest`` of what was read before: another one is refused as stale. Answers that
    are not among ``rows`` stay. Raises ``MaturityRefused`` and ``BadAnswer``.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    unknown = [row.key for row in rows if not folder.instrument.knows(row.key)]
    if unknown:
        raise MaturityRefused(*(MaturityGap(Code.CRITERION_UNKNOWN, key) for key in unknown))
    fresh = [row for row in rows if _content(folder.answers.get(row.key)) != _said(row)]
    touched = tuple(dict.fromkeys(folder.dimension_of(row.key).key for row in fresh))
    stale = seen_digest != answers_digest(folder.answers)
    if found := gaps(IMPORT, folder.facts(touched=touched, stale=stale)):
        raise MaturityRefused(*found)
    aside = {row.key: row.set_aside for row in fresh if row.key in folder.instrument.items}
    _check_all_aside(folder, aside)
    kept = [_put(folder, row.key, _said(row), folder.answers.get(row.key)) for row in fresh]
    answers = [answer for answer in kept if answer is not None]
    if answers:
        touch(folder.row, now=now)
        note(folder.row, IMPORT.verb, actor=actor, now=now, answers=[answer.pk for answer in answers])
    return answers


@transaction.atomic(durable=True)
def name_contributor(
    self_assessment_id: int, user: User, dimensions: Sequence[str], *, actor: User, now: datetime
) -> Contributor:
    """Let a colleague answer these dimensions from now on, and no others; tells him or her when new or changed.

    Refused for who has not the enterprise role in the same organisation. Raises ``MaturityRefused``.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    guard(NAME, folder)
    known = [one.key for one in folder.instrument.dimensions if one.key in set(dimensions)]
    _check_colleague(folder, user)
    if not known or len(known) != len(set(dimensions)):
        raise MaturityRefused(MaturityGap(Code.DIMENSIONS_MISSING))
    row, new = Contributor.objects.get_or_create(
        self_assessment=folder.row, user=user, defaults={"dimensions": known, "added_at": now}
    )
    if not new and row.dimensions == known:
        return row
    row.dimensions = known
    row.save(update_fields=["dimensions"])
    touch(folder.row, now=now)
    note(folder.row, NAME.verb, actor=actor, now=now, user=user.pk, dimensions=known)
    _tell(folder, [user], Verb.CONTRIBUTOR_NAMED)
    return row


@transaction.atomic(durable=True)
def remove_contributor(self_assessment_id: int, user: User, *, actor: User, now: datetime) -> None:
    """End a colleague's part; what he or she answered stays. Raises ``MaturityRefused``."""
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    guard(REMOVE, folder)
    gone, _rows = Contributor.objects.filter(self_assessment=folder.row, user=user).delete()
    if gone:
        touch(folder.row, now=now)
        note(folder.row, REMOVE.verb, actor=actor, now=now, user=user.pk)


@transaction.atomic(durable=True)
def change_lead(self_assessment_id: int, user: User, *, actor: User, now: datetime) -> SelfAssessment:
    """Hand the lead to a colleague; who leads does so, or anybody of the enterprise once the lead has left it.

    Raises ``MaturityRefused``.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    guard(TAKE_LEAD, folder)
    day, row = day_of(now), folder.row
    if row.lead_id != actor.pk and has_role(row.lead, MemberRole.ENTERPRISE, row.organisation_id, day):
        raise MaturityRefused(MaturityGap(Code.WRONG_ROLE))
    _check_colleague(folder, user)
    before = row.lead_id
    Contributor.objects.filter(self_assessment=row, user=user).delete()
    touch(row, now=now, lead=user)
    note(row, TAKE_LEAD.verb, actor=actor, now=now, was=before, became=user.pk)
    if user.pk != actor.pk:
        _tell(folder, [user], Verb.LEAD_HANDED_OVER)
    return row


@transaction.atomic(durable=True)
def submit_self_assessment(self_assessment_id: int, *, seen: str = "", actor: User, now: datetime) -> Snapshot:
    """Hand the assessment in: today becomes its reference date, and a snapshot of all of it is taken.

    ``seen`` is the digest of the contents that were read before, empty where unknown; another one is refused as
    stale. Raises ``MaturityRefused`` naming every criterion that is still open.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    stale = bool(seen) and seen != folder.contents.digest
    if found := gaps(SUBMIT, folder.submission_facts(stale=stale)):
        raise MaturityRefused(*found)
    row, claim = folder.row, folder.claim
    touch(row, now=now, reference_date=folder.day)
    submit_assessment(assessment=row.assessment, now=now)
    snapshot = take_snapshot(
        self_assessment=row,
        assessment=row.assessment,
        day=folder.day,
        claim=claim,
        evidence_counts=lambda piece: True,
        by=actor,
        now=now,
    )
    facts = {"snapshot": snapshot.pk, "digest": snapshot.digest, "tier": snapshot.tier}
    note(row, SUBMIT.verb, actor=actor, now=now, **facts)
    _tell(folder, [one.user for one in folder.contributors], Verb.SELF_ASSESSMENT_SUBMITTED)
    return snapshot


# -- what they share --------------------------------------------------------------------------------------------


def _columns(outline: Outline) -> dict[str, Any]:
    return {
        "legal_entity": outline.legal_entity.strip(),
        "entity_code": outline.entity_code.strip().upper(),
        "scope": outline.scope.strip(),
        "sector": outline.sector.strip(),
        "size": outline.size.value,
        "target": outline.target,
        "adviser": outline.adviser.strip(),
        "dcmm_policy": outline.dcmm_policy.value,
    }


def _staged(version: InstrumentVersion, target: int) -> StagedInstrument:
    """The instrument, once it is one that an enterprise can fill up to this tier. Raises ``MaturityRefused``."""
    staged = load_any(version)
    if not isinstance(staged, StagedInstrument):
        raise MaturityRefused(MaturityGap(Code.INSTRUMENT_UNSUITABLE))
    _check_target(staged, target)
    return staged


def _check_target(instrument: StagedInstrument, target: int) -> None:
    if not 1 <= target <= instrument.highest:
        raise MaturityRefused(MaturityGap(Code.TARGET_UNKNOWN, str(target)))


def _check_predecessor(follows: SelfAssessment | None, organisation: Organisation, new: InstrumentVersion) -> None:
    if follows is None:
        return
    older = follows.assessment.instrument_version
    if follows.organisation_id != organisation.pk or older.slug != new.slug:
        raise MaturityRefused(MaturityGap(Code.PREDECESSOR_UNSUITABLE))


def _check_colleague(folder: MaturityFolder, user: User) -> None:
    if user.pk == folder.row.lead_id:
        raise MaturityRefused(MaturityGap(Code.COLLEAGUE_LEADS))
    if not has_role(user, MemberRole.ENTERPRISE, folder.row.organisation_id, day_of(folder.now)):
        raise MaturityRefused(MaturityGap(Code.COLLEAGUE_UNKNOWN))


def _check_aside(folder: MaturityFolder, item: str) -> None:
    _check_all_aside(folder, {item: True})


def _check_all_aside(folder: MaturityFolder, changes: Mapping[str, bool]) -> None:
    """Refuse items that may not be set aside, or a total weight above what the instrument allows."""
    if not any(changes.values()):
        return
    instrument = folder.instrument
    after = {key for key, answer in folder.answers.items() if answer.not_applicable} | set(changes)
    after -= {key for key, aside in changes.items() if not aside}
    alone = [key for key in sorted(after & set(changes)) if not instrument.items[key].may_na]
    if alone:
        raise MaturityRefused(*(MaturityGap(Code.SET_ASIDE_REFUSED, key) for key in alone))
    if set_aside_faults(instrument, frozenset(after)):
        raise MaturityRefused(MaturityGap(Code.SET_ASIDE_TOO_MUCH, str(instrument.max_na_weight)))


def _next_reference(year: int) -> str:
    """The next free number of the year; two who begin at once wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"self_assessment.reference:{year}"])
    begins = f"MA-{year}-"
    rows = SelfAssessment.objects.filter(reference__startswith=begins)
    last = rows.order_by(Length("reference").desc(), "-reference").values_list("reference", flat=True).first()
    return f"{begins}{int(last.removeprefix(begins)) + 1 if last else 1:04d}"


def _content(answer: Answer | None) -> Content:
    return Content(answer.step, answer.not_applicable, answer.reason) if answer else Content()


def _answer(folder: MaturityFolder, key: str, mine: Content, seen: int | None, verb: str) -> Answer | None:
    """Keep what the person says, merged with what was said since; one event for an answer that is new."""
    rows = Answer.objects.filter(assessment=folder.row.assessment_id, item=key).select_related("by")
    current = rows.order_by("-pk").first()
    if current is not None and current.pk != seen:
        base = rows.filter(pk=seen).first() if seen else None
        merged = merge(_content(base) if base or not seen else None, _content(current), mine)
        if merged is None:
            raise AnswerOvertaken(current)
        mine = merged
    answer = _put(folder, key, mine, current)
    if answer is not None and answer != current:
        touch(folder.row, now=folder.now)
        note(folder.row, verb, actor=folder.user, now=folder.now, item=key, answer=answer.pk)
    return answer


def _put(folder: MaturityFolder, key: str, content: Content, current: Answer | None) -> Answer | None:
    return put_answer(
        assessment=folder.row.assessment,
        current=current,
        item=key,
        step=content.step or None,
        not_applicable=content.set_aside,
        reason=content.note,
        by=folder.user,
        now=folder.now,
    )


def _said(row: GivenAnswer) -> Content:
    return Content(row.step or "", row.set_aside, row.note.strip())


def _tell(folder: MaturityFolder, users: Sequence[User], verb: Verb) -> None:
    instrument = folder.instrument.title
    notify(
        users=[user for user in users if user.pk != folder.user.pk],
        verb=verb,
        params={
            "reference": folder.row.reference,
            "title": {"en": instrument.en, "zh": instrument.zh},
            "person": {"en": folder.user.name, "zh": folder.user.name_zh or folder.user.name},
        },
        link=f"/maturity/{folder.row.pk}/",
        at=folder.now,
        subject=f"self_assessment:{folder.row.pk}",
    )


def _take_over(
    old: SelfAssessment, new: SelfAssessment, instrument: StagedInstrument, actor: User, now: datetime
) -> dict[str, int]:
    """Copy standing answers that the new version still asks for, evidence with its links, and the claim."""
    answers = [
        answer
        for answer in one_round(old.assessment_id).values()
        if instrument.knows(answer.item)
        and (instrument.takes_na(answer.item) if answer.not_applicable else answer.step in instrument.steps)
    ]
    Answer.objects.bulk_create(
        Answer(
            assessment=new.assessment,
            item=answer.item,
            step=answer.step,
            not_applicable=answer.not_applicable,
            reason=answer.reason,
            by=actor,
            at=now,
        )
        for answer in answers
    )
    pieces = [piece for piece in standing_evidence(old.pk) if _is_known(piece, instrument)]
    _copy_evidence(pieces, new, instrument, actor, now)
    claim = standing_claim(old.pk)
    if claim is not None and instrument.dcmm is not None:
        _copy_claim(claim, new, actor, now)
    return {"answers": len(answers), "evidence": len(pieces)}


def _is_known(piece: Evidence, instrument: StagedInstrument) -> bool:
    return instrument.evidence is None or piece.kind in instrument.evidence.kind_by_key


def _copy_evidence(
    pieces: Sequence[Evidence], new: SelfAssessment, instrument: StagedInstrument, actor: User, now: datetime
) -> None:
    copies = Evidence.objects.bulk_create(
        Evidence(
            self_assessment=new,
            kind=piece.kind,
            title=piece.title,
            dated=piece.dated,
            periods=piece.periods,
            file=piece.file,
            reference=piece.reference,
            confidential=piece.confidential,
            added_by=actor,
            added_at=now,
        )
        for piece in pieces
    )
    EvidenceLink.objects.bulk_create(
        EvidenceLink(evidence=copy, criterion=criterion, added_by=actor, added_at=now)
        for piece, copy in zip(pieces, copies, strict=True)
        for criterion in criteria_of(piece)
        if criterion in instrument.criteria
    )


def _copy_claim(claim: DcmmClaim, new: SelfAssessment, actor: User, now: datetime) -> None:
    names = ("source", "level", "edition", "party", "legal_entity", "certificate", "body", "issued", "expires")
    kept = {name: getattr(claim, name) for name in (*names, "reason", "file")}
    DcmmClaim.objects.create(self_assessment=new, by=actor, at=now, **kept)
