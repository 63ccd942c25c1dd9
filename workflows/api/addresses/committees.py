"""Addresses of committees, seats, rulebooks and instruments."""

from ethicsreview.interface.api.addresses import Reading, address
from workflows.api import committees, rulebooks

urlpatterns = [
    address(
        "committees",
        committees.CommitteesDoor,
        get=Reading("committees", "Every committee of the installation"),
        post=committees.CREATE,
    ),
    address(
        "committees/<int:committee>",
        committees.CommitteeThing,
        get=Reading("committee", "A committee, its seats, and what its composition lacks"),
    ),
    address("committees/<int:committee>/seats", committees.CommitteeThing, post=committees.GIVE_SEAT),
    address("seats/<int:seat>/end", committees.SeatThing, post=committees.END_SEAT),
    address("seats/<int:seat>/absence", committees.SeatThing, put=committees.ABSENCE),
    address("rulebooks", rulebooks.RulebooksDoor, get=Reading("rulebooks", "Published editions of rulebooks")),
    address(
        "rulebooks/<str:slug>/<int:version>",
        rulebooks.RulebookDoor,
        get=Reading("rulebook", "One edition, each rule with its article"),
    ),
    address("instruments", rulebooks.InstrumentsDoor, get=Reading("instruments", "Published versions of instruments")),
    address(
        "instruments/<str:slug>/<int:version>",
        rulebooks.InstrumentDoor,
        get=Reading("instrument", "One version, each item with its sources"),
    ),
]
