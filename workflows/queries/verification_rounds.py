"""The ratings of a verification: what the enterprise claimed, what the team rates, and what that comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from assessments.domain.claims import ClaimSource, Policy, Proof, proof
from assessments.domain.counting import Counted, count
from assessments.domain.scoring import Ratings, Result, Standing, result, set_aside_faults, standings
from assessments.domain.staged import StagedInstrument
from assessments.models import Answer, DcmmClaim, Evidence
from assessments.queries import load_staged
from assessments.queries.snapshots import claim_of, given_ratings, pieces_by_criterion, standing_evidence
from workflows.domain.scheme import Scheme
from workflows.models import DcmmFinding, NaDecision, Verification


@dataclass(frozen=True)
class Rated:
    """One rating as it is shown: ``step`` as given, ``counted`` with the evidence cap, ``by`` a person's id."""

    step: str
    counted: str
    note: str
    by: int
    at: str  # ISO


class TeamRound:
    """The team's round as it stands; each part is fetched when first asked for.

    ``recused`` are ids of people whose ratings and signatures do not count any more.
    """

    def __init__(self, verification: Verification, scheme: Scheme, recused: frozenset[int]) -> None:
        self.verification = verification
        self.scheme = scheme
        self.recused = recused

    @cached_property
    def instrument(self) -> StagedInstrument:
        """The instrument the enterprise assessed itself with; the team rates with the same version."""
        return load_staged(self.verification.self_assessment.assessment.instrument_version)

    @cached_property
    def claimed_aside(self) -> dict[str, str]:
        """Items the enterprise set aside, each with its reason."""
        items: Mapping[str, Any] = self.verification.snapshot.inputs["items"]
        return {key: item["na"] for key, item in items.items() if item and item.get("na")}

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """The newest answer to each criterion and item, cleared ones and those of recused people included."""
        if self.verification.round_id is None:
            return {}
        rows = Answer.objects.filter(assessment=self.verification.round_id).current().select_related("by")
        return {answer.item: answer for answer in rows}

    @property
    def counting(self) -> dict[str, Answer]:
        """Answers that count: what a recused person rated must be rated again."""
        return {key: answer for key, answer in self.answers.items() if answer.by_id not in self.recused}

    @cached_property
    def released(self) -> dict[str, Answer]:
        """The answers as they stood when the findings were released; empty before."""
        moment = self.verification.findings_at
        if self.verification.round_id is None or moment is None:
            return {}
        rows = Answer.objects.filter(assessment=self.verification.round_id, at__lte=moment).current()
        return {answer.item: answer for answer in rows.select_related("by")}

    @cached_property
    def evidence(self) -> list[Evidence]:
        """Every piece, with its file and the criteria it is linked to."""
        return standing_evidence(self.verification.self_assessment_id)

    @cached_property
    def na_decisions(self) -> dict[str, NaDecision]:
        """The team's decisions by item."""
        return {row.item: row for row in self.verification.na_decisions.select_related("by").order_by("item")}

    @property
    def unjudged(self) -> tuple[int, ...]:
        """Ids of evidence that supports something and was neither accepted nor rejected."""
        return tuple(piece.pk for piece in self.evidence if piece.accepted is None and piece.standing_links)

    @property
    def undecided(self) -> tuple[str, ...]:
        """Items set aside on which the team has not decided."""
        return tuple(item for item in self.claimed_aside if item not in self.na_decisions)

    # -- the DCMM level ------------------------------------------------------------------------------------------

    @cached_property
    def claim(self) -> DcmmClaim | None:
        """What the enterprise claimed when it handed in; None where the instrument asks for no level."""
        if self.instrument.dcmm is None:
            return None
        rows = DcmmClaim.objects.filter(
            self_assessment=self.verification.self_assessment_id,
            at__lte=self.verification.snapshot.at,
            finding__isnull=True,
        )
        return rows.select_related("file", "by").order_by("-pk").first()

    @property
    def claims_certificate(self) -> bool:
        """Whether a certificate is claimed, for the team to look at."""
        return self.claim is not None and self.claim.source == ClaimSource.CERTIFICATE.value

    @cached_property
    def dcmm_finding(self) -> DcmmFinding | None:
        """The newest finding of a level, signed or not."""
        if self.instrument.dcmm is None:
            return None
        rows = self.verification.dcmm_findings.exclude(by__in=self.recused)
        return rows.select_related("by", "countersigned_by", "claim").order_by("-pk").first()

    @property
    def finding_signed(self) -> bool:
        """Whether there is a finding with a second signature that counts."""
        found = self.dcmm_finding
        return (
            found is not None
            and found.countersigned_by_id is not None
            and found.countersigned_by_id not in self.recused
        )

    @cached_property
    def proof(self) -> Proof | None:
        """The level that counts for a verified result: the accepted certificate's, or a higher one found and signed.

        None where the instrument has no such gate.
        """
        if self.instrument.dcmm is None:
            return None
        by_certificate, found = self._certificate_proof(), self._finding_level()
        return Proof(found) if found > by_certificate.level else by_certificate

    @property
    def proved_by(self) -> ClaimSource | None:
        """What the level that counts rests on; None for level 0."""
        if self.proof is None or not self.proof.level:
            return None
        by_finding = self._finding_level() > self._certificate_proof().level
        return ClaimSource.FINDING if by_finding else ClaimSource.CERTIFICATE

    def _certificate_proof(self) -> Proof:
        gate, row = self.instrument.dcmm, self.verification.self_assessment
        counts = gate is not None and self.claims_certificate and self.verification.dcmm_accepted
        if gate is None or not counts:
            return Proof(0)
        return proof(
            claim_of(self.claim),
            gate,
            legal_entity=row.legal_entity,
            day=row.reference_date,
            policy=self.scheme.dcmm_policy.value,
            verified=True,
        )

    def _finding_level(self) -> int:
        allowed = self.scheme.dcmm_policy.value is Policy.CERTIFICATE_OR_FINDING
        return self.dcmm_finding.level if allowed and self.finding_signed and self.dcmm_finding else 0

    # -- the result ----------------------------------------------------------------------------------------------

    @cached_property
    def counted(self) -> Counted:
        """The team's ratings as given and as they count: only accepted evidence lifts them over the cap."""
        day = self.verification.self_assessment.reference_date
        given = given_ratings(self.instrument, self.counting)
        if day is None:  # nothing is verified that was not handed in
            return Counted(given, given, {})
        pieces = pieces_by_criterion(self.evidence, is_accepted, self.dated)
        return count(self.instrument, given, pieces, day=day)

    def dated(self, piece: Evidence) -> date | None:
        """The day a piece counts as being of: one that answers a finding, as if it had been there at the reference.

        The correction window is for what was short; a record made in it lies after the reference date.
        """
        released, day = self.verification.findings_at, self.verification.self_assessment.reference_date
        late = released is not None and piece.added_at > released
        return min(piece.dated, day) if late and day and piece.dated else piece.dated

    @property
    def ratings(self) -> Ratings:
        """What counts, without items set aside that may not be."""
        found = self.counted.counted
        return Ratings(found.steps, found.set_aside - set(set_aside_faults(self.instrument, found.set_aside)))

    @cached_property
    def result(self) -> Result:
        """What the team's ratings come to, up to the claimed target."""
        level = self.proof.level if self.proof else None
        return result(self.instrument, self.ratings, dcmm=level, target=self.verification.self_assessment.target)

    @cached_property
    def standings(self) -> dict[str, Standing]:
        """The state of every criterion in the team's round."""
        return standings(self.instrument, self.ratings, target=self.verification.self_assessment.target)

    # -- what is shown -------------------------------------------------------------------------------------------

    def claimed(self) -> dict[str, Rated]:
        """The enterprise's ratings by criterion, as they were handed in."""
        return _from_snapshot(self.verification.snapshot.facts)

    def drafted(self) -> dict[str, Rated]:
        """The team's ratings by criterion, as they stand now."""
        return self._shown(self.answers)

    def shared(self) -> dict[str, Rated]:
        """The team's ratings by criterion, as they were released."""
        return self._shown(self.released)

    def final(self) -> dict[str, Rated]:
        """The ratings the newest recommendation rests on; empty before."""
        verified = self.verification.verified
        return _from_snapshot(verified.facts) if verified else {}

    def _shown(self, answers: Mapping[str, Answer]) -> dict[str, Rated]:
        counted = self.counted.counted.steps
        return {
            key: Rated(
                answer.step,
                counted.get(key, answer.step) if answer == self.answers.get(key) else answer.step,
                answer.reason,
                answer.by_id,
                answer.at.isoformat(),
            )
            for key, answer in answers.items()
            if answer.step and key in self.instrument.criteria
        }


def is_accepted(piece: Evidence) -> bool:
    """Whether a piece counts for a verified result."""
    return piece.accepted is True


def _from_snapshot(facts: Mapping[str, Any]) -> dict[str, Rated]:
    return {
        key: Rated(row["step"], row["counted"], row["note"], row["by"], row["at"])
        for key, row in facts["ratings"].items()
    }
