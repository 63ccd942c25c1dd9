"""Publishing the law as data."""

from datetime import datetime
from typing import Any

from django.db import transaction

from ethicsreview.accounts.models import User
from ethicsreview.audit.steps import record
from workflows.domain.rulebook import Rulebook, RulebookKind
from workflows.domain.rulebook_parsing import parse_rulebook
from workflows.domain.scheme import Scheme
from workflows.domain.scheme_parsing import parse_scheme
from workflows.models import RulebookVersion
from workflows.steps import digest_of


class AlreadyPublished(Exception):
    """This edition is out with other content; a correction is a new version."""


def _parse(mapping: dict[str, Any], base: dict[str, Any] | None, kind: RulebookKind) -> Rulebook | Scheme:
    return parse_scheme(mapping) if kind is RulebookKind.VERIFICATION else parse_rulebook(mapping, base)


@transaction.atomic(durable=True)
def publish_rulebook(
    mapping: dict[str, Any], base: dict[str, Any] | None, *, actor: User | None, now: datetime
) -> tuple[RulebookVersion, bool]:
    """The edition and whether it is new. The same version with the same content changes nothing.

    A file that says ``kind: verification`` is a scheme, every other one a committee's rulebook. Raises ``Bad`` for a
    file that is neither, ``AlreadyPublished`` for the same version with other content.
    """
    verifies = mapping.get("kind") == RulebookKind.VERIFICATION.value
    kind = RulebookKind.VERIFICATION if verifies else RulebookKind.COMMITTEE
    rules = _parse(mapping, base, kind)
    content = {"rulebook": mapping, "base": base}
    digest = digest_of(content)
    known = RulebookVersion.objects.filter(slug=rules.slug, version=rules.version).first()
    if known is not None:
        if known.digest != digest:
            raise AlreadyPublished(f"{known} is published with digest {known.digest}; this file has {digest}")
        return known, False
    edition = RulebookVersion.objects.create(
        slug=rules.slug, version=rules.version, kind=kind.value, digest=digest, content=content, published_at=now
    )
    _record(edition, actor=actor, now=now)
    return edition, True


def _record(edition: RulebookVersion, *, actor: User | None, now: datetime) -> None:
    record(
        chain="operator",
        at=now,
        actor=actor.pk if actor else None,
        verb="rulebook.publish",
        subject=f"rulebook:{edition.pk}",
        slug=edition.slug,
        version=edition.version,
        digest=edition.digest,
    )
