"""What a snapshot holds, gathered from rows: the inputs of the result, and what else was handed in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Min

from assessments.domain.claims import Claim, ClaimSource, Party
from assessments.domain.counting import Counted, count
from assessments.domain.digests import content_digest
from assessments.domain.evidence import Piece
from assessments.domain.scoring import Ratings
from assessments.domain.staged import StagedInstrument
from assessments.models import Answer, DcmmClaim, Evidence, EvidenceLink, SelfAssessment, Snapshot
from ethicsreview.files.models import FileVersion


@dataclass(frozen=True)
class Contents:
    """``inputs`` is what ``manage.py score`` takes, ``facts`` the rest; plain values both."""

    inputs: dict[str, Any]
    facts: dict[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 over both, as a snapshot carries it."""
        return content_digest({"inputs": self.inputs, "facts": self.facts})


def standing_evidence(self_assessment_id: int) -> list[Evidence]:
    """Every piece that is not removed, the oldest first, with its file and standing links; two queries."""
    rows = Evidence.objects.filter(self_assessment=self_assessment_id, removed_at__isnull=True)
    return with_links(rows.select_related("file", "added_by").order_by("pk"))


def with_links(rows: Iterable[Evidence]) -> list[Evidence]:
    """The pieces with what each stands for, as plain values; one query.

    There are hundreds of links, and few moments at which they were made: the database hands over one row for each.
    """
    pieces = list(rows)
    found: dict[int, list[tuple[str, datetime]]] = {piece.pk: [] for piece in pieces}
    if found:
        links = EvidenceLink.objects.filter(evidence__in=found, removed_at__isnull=True)
        moments = links.values("evidence", "added_at").annotate(
            first=Min("pk"), criteria=ArrayAgg("criterion", order_by="pk")
        )
        ordered = moments.order_by("first")
        for piece_id, at, criteria in ordered.values_list("evidence", "added_at", "criteria"):
            found[piece_id].extend((criterion, at) for criterion in criteria)
    for piece in pieces:
        piece.standing_links = found[piece.pk]
    return pieces


def standing_claim(self_assessment_id: int) -> DcmmClaim | None:
    """The enterprise's newest claim, which stands; a level found by those who verify is none of its claims."""
    rows = DcmmClaim.objects.filter(self_assessment=self_assessment_id).exclude(source=ClaimSource.FINDING.value)
    rows = rows.select_related("file", "by")
    return rows.order_by("-pk").first()


def own_snapshot(self_assessment_id: int) -> Snapshot | None:
    """What the enterprise handed in, None while it is open; later ones are a verification's."""
    rows = Snapshot.objects.filter(self_assessment=self_assessment_id).select_related("by")
    return rows.order_by("number").first()


def snapshots_of(self_assessment_id: int) -> list[Snapshot]:
    """All snapshots, the enterprise's own first; those after it are a verification's and not for everybody's eyes."""
    return list(Snapshot.objects.filter(self_assessment=self_assessment_id).select_related("by").order_by("number"))


def criteria_of(piece: Evidence) -> list[str]:
    """The criteria a piece of evidence stands for, as they were linked; reads what ``with_links`` fetched."""
    return [criterion for criterion, _at in piece.standing_links]


def pieces_by_criterion(
    evidence: Iterable[Evidence],
    counts: Callable[[Evidence], bool] = lambda piece: True,
    dated: Callable[[Evidence], date | None] = lambda piece: piece.dated,
    *,
    until: datetime | None = None,
) -> dict[str, list[Piece]]:
    """What the evidence rules see, by criterion; pieces that do not count are left out.

    ``dated`` gives the day a piece counts as being of; what was linked after ``until`` is left out.
    """
    found: dict[str, list[Piece]] = {}
    for row in evidence:
        if counts(row):
            piece = Piece(row.kind, dated(row), row.periods)
            for criterion, added_at in row.standing_links:
                if until is None or added_at <= until:
                    found.setdefault(criterion, []).append(piece)
    return found


def given_ratings(instrument: StagedInstrument, answers: Mapping[str, Answer]) -> Ratings:
    """The ratings that current answers come to."""
    steps = {key: answer.step for key, answer in answers.items() if answer.step and key in instrument.criteria}
    return Ratings(steps, frozenset(key for key, answer in answers.items() if answer.not_applicable))


def claim_of(row: DcmmClaim | None) -> Claim | None:
    """A claim as the rules see it."""
    if row is None:
        return None
    return Claim(
        source=ClaimSource(row.source),
        level=row.level,
        edition=row.edition,
        party=Party(row.party) if row.party else None,
        legal_entity=row.legal_entity,
        issued=row.issued,
        expires=row.expires,
    )


def contents(
    row: SelfAssessment,
    instrument: StagedInstrument,
    answers: Mapping[str, Answer],
    evidence: Iterable[Evidence],
    *,
    day: date,
    claim: DcmmClaim | None,
    evidence_counts: Callable[[Evidence], bool],
    evidence_dated: Callable[[Evidence], date | None] = lambda piece: piece.dated,
) -> Contents:
    """Everything a snapshot of this round on ``day`` holds; the evidence cap is applied to the inputs."""
    pieces = list(evidence)
    counted = count(
        instrument,
        given_ratings(instrument, answers),
        pieces_by_criterion(pieces, evidence_counts, evidence_dated),
        day=day,
    )
    inputs: dict[str, Any] = {
        "instrument": instrument.slug,
        "version": instrument.version,
        "reference_date": day.isoformat(),
        "legal_entity": row.legal_entity,
        "target": row.target,
        "dcmm_policy": row.dcmm_policy,
        "items": _items(instrument, answers, counted),
    }
    if claim is not None and instrument.dcmm is not None:
        inputs["dcmm"] = _claim_inputs(claim)
    return Contents(inputs, _facts(row, instrument, answers, pieces, counted, claim))


def _items(instrument: StagedInstrument, answers: Mapping[str, Answer], counted: Counted) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in instrument.items.items():
        if key in counted.given.set_aside:
            found[key] = {"na": answers[key].reason}
            continue
        steps = counted.counted.steps
        ratings = {one.key: steps[one.key] for cell in item.cells for one in cell if one.key in steps}
        if ratings:
            found[key] = {"ratings": ratings}
    return found


def _claim_inputs(claim: DcmmClaim) -> dict[str, Any]:
    if claim.source != ClaimSource.CERTIFICATE.value:
        return {"source": claim.source, "level": claim.level}
    return {
        "edition": claim.edition,
        "party": claim.party,
        "source": claim.source,
        "level": claim.level,
        "legal_entity": claim.legal_entity,
        "issued": _day(claim.issued),
        "expires": _day(claim.expires),
    }


def _facts(
    row: SelfAssessment,
    instrument: StagedInstrument,
    answers: Mapping[str, Answer],
    evidence: list[Evidence],
    counted: Counted,
    claim: DcmmClaim | None,
) -> dict[str, Any]:
    given = counted.given
    return {
        "scope": row.scope,
        "sector": row.sector,
        "size": row.size,
        "entity_code": row.entity_code,
        "adviser": row.adviser,
        "ratings": {
            key: {
                "step": given.steps[key],
                "counted": counted.counted.steps[key],
                "note": answers[key].reason,
                "by": answers[key].by_id,
                "at": _moment(answers[key].at),
            }
            for key in instrument.criteria
            if key in given.steps
        },
        "set_aside": {key: answers[key].reason for key in instrument.items if key in given.set_aside},
        "evidence": [_piece(piece) for piece in evidence],
        "claim": _claim_facts(claim) if claim else None,
    }


def _piece(piece: Evidence) -> dict[str, Any]:
    return {
        "id": piece.pk,
        "kind": piece.kind,
        "title": piece.title,
        "dated": _day(piece.dated),
        "periods": piece.periods,
        "sha256": piece.file.sha256 if piece.file else "",
        "reference": piece.reference,
        "confidential": piece.confidential,
        "accepted": piece.accepted,
        "criteria": criteria_of(piece),
    }


def _claim_facts(claim: DcmmClaim) -> dict[str, Any]:
    return {
        "source": claim.source,
        "level": claim.level,
        "edition": claim.edition,
        "party": claim.party,
        "legal_entity": claim.legal_entity,
        "certificate": claim.certificate,
        "body": claim.body,
        "issued": _day(claim.issued),
        "expires": _day(claim.expires),
        "reason": claim.reason,
        "sha256": claim.file.sha256 if claim.file else "",
        "by": claim.by_id,
        "at": _moment(claim.at),
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def versions_of(piece: Evidence) -> list[FileVersion]:
    """Every version of a piece's file that came with it or after, the newest first; none without a file."""
    if piece.file is None:
        return []
    return list(FileVersion.objects.filter(upload=piece.file.upload_id).order_by("-number"))


def version_of_evidence(self_assessment_id: int, evidence_id: int, number: int) -> FileVersion | None:
    """One version of the file of a piece of this assessment, removed ones included; None where there is none."""
    held = Evidence.objects.filter(pk=evidence_id, self_assessment=self_assessment_id)
    return FileVersion.objects.filter(upload__in=held.values("file__upload"), number=number).first()


def file_of_claim(self_assessment_id: int, claim_id: int) -> FileVersion | None:
    """The certificate that was sent with a claim of this assessment; None where there is none."""
    held = DcmmClaim.objects.filter(pk=claim_id, self_assessment=self_assessment_id)
    return FileVersion.objects.filter(pk__in=held.values("file")).first()
