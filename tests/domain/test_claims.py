"""What a claimed DCMM level is worth: of the same legal entity, as data owner, within its days, or nothing."""

from dataclasses import replace
from datetime import date

import pytest

from assessments.domain.claims import Claim, ClaimFault, ClaimSource, Party, Policy, Proof, proof, same_entity
from assessments.domain.staged import DcmmGate
from tests.domain.small_staged import published

DAY = date(2026, 11, 23)
CERTIFICATE = Claim(
    ClaimSource.CERTIFICATE,
    4,
    edition="2018",
    party=Party.OWNER,
    legal_entity="示例智造有限公司",
    issued=date(2025, 1, 1),
    expires=date(2027, 12, 31),
)
FINDING = Claim(ClaimSource.FINDING, 4)
SELF = Claim(ClaimSource.SELF, 4)


def gate() -> DcmmGate:
    found = published("aim-dcmm.v1").dcmm
    assert found is not None
    return found


def worth(
    claim: Claim | None,
    *,
    entity: str = "示例智造有限公司",
    day: date | None = DAY,
    policy: Policy = Policy.CERTIFICATE_OR_FINDING,
    verified: bool = True,
) -> Proof:
    return proof(claim, gate(), legal_entity=entity, day=day, policy=policy, verified=verified)


def test_nothing_claimed_counts_nothing() -> None:
    assert worth(None) == Proof(0, ClaimFault.NONE)


@pytest.mark.parametrize("edition", ["2018", "2025"])
def test_certificate_counts_in_either_edition(edition: str) -> None:
    assert worth(replace(CERTIFICATE, edition=edition)) == Proof(4)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"legal_entity": "示例控股有限公司"}, ClaimFault.ENTITY),
        ({"party": Party.PROVIDER}, ClaimFault.PARTY),
        ({"edition": "2014"}, ClaimFault.EDITION),
        ({"issued": date(2026, 11, 24)}, ClaimFault.NOT_YET),
        ({"expires": date(2026, 11, 22)}, ClaimFault.EXPIRED),
        ({"issued": None}, ClaimFault.INCOMPLETE),
        ({"expires": None}, ClaimFault.INCOMPLETE),
    ],
)
def test_certificate_that_does_not_count_says_why(change: dict[str, object], fault: ClaimFault) -> None:
    assert worth(replace(CERTIFICATE, **change)) == Proof(0, fault)  # type: ignore[arg-type]


@pytest.mark.parametrize("day", [date(2025, 1, 1), date(2027, 12, 31)])
def test_days_of_a_certificate_are_inclusive(day: date) -> None:
    assert worth(CERTIFICATE, day=day) == Proof(4)


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2028, 1, 1)])
def test_a_day_before_or_after_a_certificate_counts_nothing(day: date) -> None:
    assert worth(CERTIFICATE, day=day).level == 0


def test_what_neither_side_states_is_not_held_against_a_claim() -> None:
    assert worth(CERTIFICATE, entity="") == Proof(4)
    assert worth(replace(CERTIFICATE, legal_entity="", party=None, edition="")) == Proof(4)


def test_finding_counts_where_the_scheme_takes_findings() -> None:
    assert worth(FINDING) == Proof(4)
    assert worth(FINDING, policy=Policy.CERTIFICATE_ONLY) == Proof(0, ClaimFault.FINDING_REFUSED)
    assert worth(CERTIFICATE, policy=Policy.CERTIFICATE_ONLY) == Proof(4)


@pytest.mark.parametrize("policy", list(Policy))
def test_declared_level_is_provisional_and_never_verified(policy: Policy) -> None:
    assert worth(SELF, policy=policy, verified=False) == Proof(4, provisional=True)
    assert worth(SELF, policy=policy, verified=True) == Proof(0, ClaimFault.SELF_REFUSED)


def test_declared_level_that_is_anothers_counts_nothing() -> None:
    assert worth(replace(SELF, party=Party.PROVIDER), verified=False) == Proof(0, ClaimFault.PARTY)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Example Ltd", " example  LTD ", True),
        ("示例 智造有限公司", "示例智造有限公司", True),
        ("Example Ltd", "Example Ltd.", False),
        ("示例智造有限公司", "示例智造有限公司北京分公司", False),
    ],
)
def test_names_of_legal_entities_differ_by_more_than_blanks_and_case(one: str, other: str, same: bool) -> None:
    assert same_entity(one, other) is same
