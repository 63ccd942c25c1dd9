"""What the roof keeps: of a person's searches no more than their addresses, and figures that were counted."""

from ethicsreview.portal.models.figures import Figure, FigureSet, RatedCommittee, RatingCount, WeakSpot
from ethicsreview.portal.models.searches import SavedSearch

__all__ = ["Figure", "FigureSet", "RatedCommittee", "RatingCount", "SavedSearch", "WeakSpot"]
