"""Every way an instrument is published and an enterprise's own assessment changes."""

from assessments.actions.instruments import AlreadyPublished, Publication, publish_instrument

__all__ = ["AlreadyPublished", "Publication", "publish_instrument"]
