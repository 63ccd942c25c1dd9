"""Addresses of the public registers of committees and decisions."""

from ethicsreview.interface.api.addresses import Reading, address
from workflows.api import public_registers as registers

urlpatterns = [
    address(
        "register/committees",
        registers.CommitteeRegisterDoor,
        get=Reading("committee_register", "The public register of committees"),
    ),
    address(
        "register/committees/<str:code>",
        registers.CommitteeEntryDoor,
        get=Reading("registered_committee", "One committee: how it is composed, and what that lacks"),
    ),
    address(
        "register/decisions",
        registers.DecisionRegisterDoor,
        get=Reading("decision_register", "The public register of decisions: which committee decided when, and how"),
    ),
]
