"""Authorities of each reach with a regulator each, around one organisation that some of them cover."""

from typing import Any

from ethicsreview.accounts.domain import MemberRole, OrganisationKind, Reach
from ethicsreview.accounts.models import Organisation, User
from tests.factories import make_organisation, make_person

COVERING = frozenset({"national", "province", "sector", "listed"})


def make_regulator(reach: Reach = Reach.NATIONAL, *, name: str = "", **fields: Any) -> User:
    """A regulator at a new authority with this reach; ``fields`` go to the authority."""
    kind = OrganisationKind.AUTHORITY
    office = make_organisation(kind=kind, name=name or f"Authority {reach.value}", reach=reach, **fields)
    return make_person(role=MemberRole.REGULATOR, organisation=office, name=f"Re {reach.value.title()}")


def regulators_around(organisation: Organisation) -> dict[str, User]:
    """One regulator for each way to cover ``organisation``, and one for each way to cover another."""
    elsewhere = make_organisation(name="Elsewhere", province="110000", sector="energy")
    home = {"province": organisation.province, "sector": organisation.sector}
    return {
        "national": make_regulator(Reach.NATIONAL),
        "province": make_regulator(Reach.PROVINCE, province=home["province"]),
        "sector": make_regulator(Reach.SECTOR, sector=home["sector"]),
        "listed": make_regulator(Reach.LISTED, covered=(organisation,)),
        "other province": make_regulator(Reach.PROVINCE, province=elsewhere.province, sector=home["sector"]),
        "other sector": make_regulator(Reach.SECTOR, sector=elsewhere.sector, province=home["province"]),
        "other list": make_regulator(Reach.LISTED, covered=(elsewhere,)),
        "no reach": make_regulator(Reach.NONE, province=home["province"], sector=home["sector"]),
    }
