"""Published rulebooks as values."""

from workflows.domain.rulebook import Rulebook
from workflows.domain.rulebook_parsing import parse_rulebook
from workflows.models import RulebookVersion

_parsed: dict[str, Rulebook] = {}


def load_rulebook(version: RulebookVersion) -> Rulebook:
    """The edition's rules; parsed once per process, since an edition never changes."""
    known = _parsed.get(version.digest)
    if known is None:
        known = _parsed[version.digest] = parse_rulebook(version.content["rulebook"], version.content["base"])
    return known


def published_editions() -> list[RulebookVersion]:
    """Every edition, for questions whose answer each edition's rules give; one query."""
    return list(RulebookVersion.objects.defer("content").order_by("pk"))


def latest_rulebook(slug: str) -> RulebookVersion:
    """The newest published edition. Raises ``RulebookVersion.DoesNotExist``."""
    return RulebookVersion.objects.filter(slug=slug).defer("content").latest("version")
