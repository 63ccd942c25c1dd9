"""Addresses of the roof for programs, below /api/v1/."""

from ethicsreview.interface.api.addresses import Reading, address
from ethicsreview.portal.api.figures import FiguresDoor

TOLD = (
    "Counted every quarter of an hour; ``counted_at`` is the moment. "
    "Each reading is recorded in the authority's chain. "
    "Tables of maturity are told to tokens that may read that half too."
)

urlpatterns = [
    address("figures", FiguresDoor, get=Reading("figures", "Figures of the caller's authority", TOLD)),
    address(
        "authorities/<int:authority>/figures",
        FiguresDoor,
        get=Reading("figures_of_authority", "Figures of one of the caller's authorities", TOLD),
    ),
]
