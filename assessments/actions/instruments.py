"""Publishing instruments."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from assessments.domain.digests import content_digest
from assessments.domain.kinds import parse_any
from assessments.models import InstrumentVersion
from ethicsreview import strictyaml
from ethicsreview.accounts.models import User
from ethicsreview.audit.domain import OPERATOR_CHAIN
from ethicsreview.audit.steps import record


class AlreadyPublished(Exception):
    """This version stands published with other content; a correction is a new version."""

    def __init__(self, version: InstrumentVersion) -> None:
        super().__init__(f"{version} is published with other content (digest {version.digest}); make a new version")
        self.version = version


@dataclass(frozen=True)
class Publication:
    """The published version, and whether it was published just now or stood already."""

    version: InstrumentVersion
    new: bool


@transaction.atomic(durable=True)
def publish_instrument(text: str, *, actor: User | None, now: datetime) -> Publication:
    """Publish the instrument in a YAML file's ``text``; ``actor`` is None for the operator's command line.

    The same version with the same digest is left as it is. Raises ``BadYaml``, ``BadInstrument`` and, for the same
    version with other content, ``AlreadyPublished``.
    """
    content = strictyaml.load(text)
    instrument = parse_any(content)
    digest = content_digest(content)
    version, new = InstrumentVersion.objects.get_or_create(
        slug=instrument.slug,
        version=instrument.version,
        defaults={"digest": digest, "content": content, "published_at": now},
    )
    if version.digest != digest:
        raise AlreadyPublished(version)
    if new:
        record(
            chain=OPERATOR_CHAIN,
            at=now,
            actor=actor.pk if actor else None,
            verb="instrument.publish",
            subject=f"instrument:{version.pk}",
            slug=version.slug,
            version=version.version,
            digest=digest,
        )
    return Publication(version, new)
