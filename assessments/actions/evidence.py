"""The evidence of an enterprise's own assessment, and the DCMM level it claims."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction

from assessments.domain.claims import ClaimSource, Party
from assessments.domain.maturity_gaps import (
    ADD_EVIDENCE,
    CLAIM,
    EDIT_EVIDENCE,
    LINK_EVIDENCE,
    REMOVE_EVIDENCE,
    REPLACE_FILE,
    UNLINK_EVIDENCE,
    MaturityGap,
    MaturityGapCode,
    MaturityRefused,
)
from assessments.domain.staged import StagedInstrument
from assessments.models import DcmmClaim, Evidence, EvidenceLink
from assessments.queries.maturity import MaturityFolder, day_of
from assessments.steps import guard, lock_self_assessment, note, touch
from ethicsreview.accounts.models import User
from ethicsreview.files.models import FileVersion
from ethicsreview.files.steps import store

Code = MaturityGapCode


@dataclass(frozen=True)
class Sent:
    """A file as it comes in: its bytes and the name it was sent under."""

    stream: BinaryIO
    name: str


@dataclass(frozen=True)
class EvidenceFacts:
    """What a piece of evidence is; ``kind`` is one of the instrument's, empty where it names none."""

    kind: str
    title: str
    dated: date | None = None
    periods: int = 0
    reference: str = ""
    confidential: bool = False


@dataclass(frozen=True)
class ClaimFacts:
    """A claimed DCMM level; a certificate states all of edition, party, legal entity and both days."""

    source: ClaimSource
    level: int
    edition: str = ""
    party: Party | None = None
    legal_entity: str = ""
    certificate: str = ""
    body: str = ""
    issued: date | None = None
    expires: date | None = None


@transaction.atomic(durable=True)
def add_evidence(
    self_assessment_id: int,
    facts: EvidenceFacts,
    criteria: Sequence[str] = (),
    *,
    sent: Sent | None = None,
    actor: User,
    now: datetime,
) -> Evidence:
    """Add a piece of evidence, a file or a reference or both, for these criteria.

    Raises ``MaturityRefused``, and ``BadFile`` with the reason a file is not taken.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    known = list(dict.fromkeys(criteria))
    _check_criteria(folder.instrument, known)
    guard(ADD_EVIDENCE, folder, *dict.fromkeys(folder.dimension_of(key).key for key in known))
    _check_facts(folder, facts, has_file=sent is not None)
    version = store(upload=None, stream=sent.stream, name=sent.name, by_id=actor.pk, now=now) if sent else None
    piece = Evidence.objects.create(
        self_assessment=folder.row, file=version, added_by=actor, added_at=now, **_columns(facts)
    )
    EvidenceLink.objects.bulk_create(
        EvidenceLink(evidence=piece, criterion=key, added_by=actor, added_at=now) for key in known
    )
    touch(folder.row, now=now)
    sha256 = version.sha256 if version else ""
    note(folder.row, ADD_EVIDENCE.verb, actor=actor, now=now, evidence=piece.pk, criteria=known, sha256=sha256)
    return piece


@transaction.atomic(durable=True)
def edit_evidence(
    self_assessment_id: int, evidence_id: int, facts: EvidenceFacts, *, actor: User, now: datetime
) -> Evidence:
    """Put right what a piece of evidence is said to be. Raises ``MaturityRefused``."""
    folder, piece = _locked(self_assessment_id, evidence_id, actor, now)
    guard(EDIT_EVIDENCE, folder)
    _check_owner(folder, piece)
    _check_facts(folder, facts, has_file=piece.file_id is not None)
    columns = _columns(facts)
    changed = sorted(name for name, value in columns.items() if getattr(piece, name) != value)
    if changed:
        for name, value in columns.items():
            setattr(piece, name, value)
        piece.save(update_fields=list(columns))
        touch(folder.row, now=now)
        note(folder.row, EDIT_EVIDENCE.verb, actor=actor, now=now, evidence=piece.pk, fields=changed)
    return piece


@transaction.atomic(durable=True)
def link_evidence(
    self_assessment_id: int, evidence_id: int, criteria: Sequence[str], *, actor: User, now: datetime
) -> list[EvidenceLink]:
    """Let a piece of evidence stand for these criteria too; the links that are new. Raises ``MaturityRefused``."""
    folder, piece = _locked(self_assessment_id, evidence_id, actor, now)
    _check_criteria(folder.instrument, criteria)
    guard(LINK_EVIDENCE, folder, *dict.fromkeys(folder.dimension_of(key).key for key in criteria))
    standing = set(piece.links.filter(removed_at__isnull=True).values_list("criterion", flat=True))
    fresh = [key for key in dict.fromkeys(criteria) if key not in standing]
    made = EvidenceLink.objects.bulk_create(
        EvidenceLink(evidence=piece, criterion=key, added_by=actor, added_at=now) for key in fresh
    )
    if made:
        touch(folder.row, now=now)
        note(folder.row, LINK_EVIDENCE.verb, actor=actor, now=now, evidence=piece.pk, criteria=fresh)
    return made


@transaction.atomic(durable=True)
def unlink_evidence(self_assessment_id: int, evidence_id: int, criterion: str, *, actor: User, now: datetime) -> None:
    """A piece of evidence no longer stands for this criterion. Raises ``MaturityRefused``."""
    folder, piece = _locked(self_assessment_id, evidence_id, actor, now)
    _check_criteria(folder.instrument, [criterion])
    guard(UNLINK_EVIDENCE, folder, folder.dimension_of(criterion).key)
    if piece.links.filter(criterion=criterion, removed_at__isnull=True).update(removed_at=now):
        touch(folder.row, now=now)
        note(folder.row, UNLINK_EVIDENCE.verb, actor=actor, now=now, evidence=piece.pk, criteria=[criterion])


@transaction.atomic(durable=True)
def remove_evidence(self_assessment_id: int, evidence_id: int, *, actor: User, now: datetime) -> None:
    """Take a piece of evidence out; snapshots that had it keep it. Raises ``MaturityRefused``."""
    folder, piece = _locked(self_assessment_id, evidence_id, actor, now)
    guard(REMOVE_EVIDENCE, folder)
    _check_owner(folder, piece)
    piece.removed_at = now
    piece.save(update_fields=["removed_at"])
    touch(folder.row, now=now)
    note(folder.row, REMOVE_EVIDENCE.verb, actor=actor, now=now, evidence=piece.pk)


@transaction.atomic(durable=True)
def replace_evidence_file(
    self_assessment_id: int, evidence_id: int, sent: Sent, *, actor: User, now: datetime
) -> Evidence:
    """A new version of a piece's file, or its first; earlier ones stay. Raises ``MaturityRefused`` and ``BadFile``."""
    folder, piece = _locked(self_assessment_id, evidence_id, actor, now)
    guard(REPLACE_FILE, folder)
    _check_owner(folder, piece)
    upload = piece.file.upload if piece.file else None
    version = store(upload=upload, stream=sent.stream, name=sent.name, by_id=actor.pk, now=now)
    if version.pk != piece.file_id:
        piece.file = version
        piece.save(update_fields=["file"])
        touch(folder.row, now=now)
        note(folder.row, REPLACE_FILE.verb, actor=actor, now=now, evidence=piece.pk, sha256=version.sha256)
    return piece


@transaction.atomic(durable=True)
def claim_dcmm(
    self_assessment_id: int, facts: ClaimFacts, *, sent: Sent | None = None, actor: User, now: datetime
) -> DcmmClaim:
    """State a DCMM level; from now on it is the one that stands. Without a new file the one before is kept.

    Whether it counts is computed, never asked. Raises ``MaturityRefused`` and ``BadFile``.
    """
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    guard(CLAIM, folder)
    _check_claim(folder.instrument, facts)
    before = folder.claim
    kept = _claim_file(before, sent, by=actor, now=now) if facts.source is ClaimSource.CERTIFICATE else None
    claim = DcmmClaim(self_assessment=folder.row, by=actor, at=now, file=kept, **_claim_columns(facts))
    if before is not None and _same(before, claim):
        return before
    claim.save(force_insert=True)
    touch(folder.row, now=now)
    note(
        folder.row,
        CLAIM.verb,
        actor=actor,
        now=now,
        claim=claim.pk,
        source=claim.source,
        level=claim.level,
        sha256=kept.sha256 if kept else "",
    )
    return claim


def _claim_file(before: DcmmClaim | None, sent: Sent | None, *, by: User, now: datetime) -> FileVersion | None:
    """The certificate's file: the one sent, as the next version of the one before; else that one."""
    kept = before.file if before else None
    if sent is None:
        return kept
    return store(upload=kept.upload if kept else None, stream=sent.stream, name=sent.name, by_id=by.pk, now=now)


def _columns(facts: EvidenceFacts) -> dict[str, object]:
    return {
        "kind": facts.kind,
        "title": facts.title.strip(),
        "dated": facts.dated,
        "periods": facts.periods,
        "reference": facts.reference.strip(),
        "confidential": facts.confidential,
    }


def _claim_columns(facts: ClaimFacts) -> dict[str, object]:
    """A declaration keeps its level alone."""
    kept = facts if facts.source is ClaimSource.CERTIFICATE else ClaimFacts(facts.source, facts.level)
    return {
        "source": kept.source.value,
        "level": kept.level,
        "edition": kept.edition,
        "party": kept.party.value if kept.party else "",
        "legal_entity": kept.legal_entity.strip(),
        "certificate": kept.certificate.strip(),
        "body": kept.body.strip(),
        "issued": kept.issued,
        "expires": kept.expires,
    }


_CLAIM_FIELDS = (*_claim_columns(ClaimFacts(ClaimSource.SELF, 0)), "file_id")


def _same(one: DcmmClaim, other: DcmmClaim) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _CLAIM_FIELDS)


def _locked(self_assessment_id: int, evidence_id: int, actor: User, now: datetime) -> tuple[MaturityFolder, Evidence]:
    """The assessment and a piece of it that stands, both held."""
    folder = lock_self_assessment(self_assessment_id, actor=actor, now=now)
    rows = Evidence.objects.select_for_update(of=("self",), no_key=True).select_related("file__upload")
    piece = rows.filter(pk=evidence_id, self_assessment=folder.row, removed_at__isnull=True).first()
    if piece is None:
        raise MaturityRefused(MaturityGap(Code.EVIDENCE_REMOVED))
    return folder, piece


def _check_owner(folder: MaturityFolder, piece: Evidence) -> None:
    """A contributor changes what he or she added; who leads changes all."""
    if not folder.leads and piece.added_by_id != folder.user.pk:
        raise MaturityRefused(MaturityGap(Code.WRONG_ROLE))


def _check_criteria(instrument: StagedInstrument, criteria: Sequence[str]) -> None:
    unknown = [key for key in criteria if key not in instrument.criteria]
    if unknown:
        raise MaturityRefused(*(MaturityGap(Code.CRITERION_UNKNOWN, key) for key in unknown))


def _check_facts(folder: MaturityFolder, facts: EvidenceFacts, *, has_file: bool) -> None:
    rules = folder.instrument.evidence
    known = {kind.key for kind in rules.kinds} if rules else {""}
    if facts.kind not in known:
        raise MaturityRefused(MaturityGap(Code.KIND_UNKNOWN))
    if not facts.title.strip() or not (has_file or facts.reference.strip()):
        raise MaturityRefused(MaturityGap(Code.EVIDENCE_EMPTY))
    if facts.dated is not None and facts.dated > day_of(folder.now):
        raise MaturityRefused(MaturityGap(Code.EVIDENCE_AHEAD))


def _check_claim(instrument: StagedInstrument, facts: ClaimFacts) -> None:
    gate = instrument.dcmm
    if gate is None or facts.source is ClaimSource.FINDING:
        raise MaturityRefused(MaturityGap(Code.CLAIM_NOT_ASKED))
    if not 0 <= facts.level <= len(gate.levels):
        raise MaturityRefused(MaturityGap(Code.LEVEL_UNKNOWN, str(facts.level)))
    if facts.source is ClaimSource.SELF:
        return
    stated = facts.edition and facts.party and facts.legal_entity.strip() and facts.issued and facts.expires
    if not stated or (facts.issued and facts.expires and facts.expires < facts.issued):
        raise MaturityRefused(MaturityGap(Code.CLAIM_INCOMPLETE))
