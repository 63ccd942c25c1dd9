"""Published rulebooks as values."""

from django.db.models import QuerySet

from workflows.domain.rulebook import Rulebook, RulebookKind
from workflows.domain.rulebook_parsing import parse_rulebook
from workflows.domain.scheme import Scheme
from workflows.domain.scheme_parsing import parse_scheme
from workflows.models import RulebookVersion

_parsed: dict[str, Rulebook] = {}
_schemes: dict[str, Scheme] = {}


def load_rulebook(version: RulebookVersion) -> Rulebook:
    """The edition's rules; parsed once per process, since an edition never changes."""
    known = _parsed.get(version.digest)
    if known is None:
        known = _parsed[version.digest] = parse_rulebook(version.content["rulebook"], version.content["base"])
    return known


def published_editions() -> list[RulebookVersion]:
    """Every edition of a committee's rules, for questions whose answer each edition gives; one query."""
    return list(committee_editions().order_by("pk"))


def latest_rulebook(slug: str) -> RulebookVersion:
    """The newest published edition. Raises ``RulebookVersion.DoesNotExist``."""
    return committee_editions().filter(slug=slug).latest("version")


def committee_editions() -> QuerySet[RulebookVersion]:
    """Every edition of a committee's rules, without its content."""
    return RulebookVersion.objects.filter(kind=RulebookKind.COMMITTEE.value).defer("content")


def load_scheme(version: RulebookVersion) -> Scheme:
    """The edition's rules of verification; parsed once per process, since an edition never changes."""
    known = _schemes.get(version.digest)
    if known is None:
        known = _schemes[version.digest] = parse_scheme(version.content["rulebook"])
    return known


def latest_scheme(instrument_slug: str) -> RulebookVersion | None:
    """The newest published scheme that verifies results of this instrument, None where there is none."""
    rows = RulebookVersion.objects.filter(
        kind=RulebookKind.VERIFICATION.value, content__rulebook__verifies=instrument_slug
    )
    return rows.order_by("published_at", "version", "pk").last()
