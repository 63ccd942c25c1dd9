"""What the roof keeps: of a person's searches, no more than their addresses."""

from ethicsreview.portal.models.searches import SavedSearch

__all__ = ["SavedSearch"]
