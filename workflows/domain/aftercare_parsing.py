"""Reading what a rulebook asks after a decision: follow-up, appeal, registration, retention."""

import re
from datetime import date

from assessments.domain.strict import Reader
from workflows.domain.citation_parsing import cited_list, ruled, ruled_count, ruled_count_or_none, ruled_flag
from workflows.domain.rulebook import (
    AppealRules,
    FollowupRules,
    MonthDay,
    RegistrationRules,
    RetentionRules,
    ServiceCentreRules,
)

_MONTH_DAY = re.compile(r"[0-9]{2}-[0-9]{2}")


def read_followup(reader: Reader) -> FollowupRules:
    """Intervals, what a follow-up looks at, and how it may end."""
    reader.mapping(required={"default_months", "listed_months", "by_tier", "contents", "outcomes"})
    return FollowupRules(
        default_months=ruled_count(reader.get("default_months")),
        listed_months=ruled_count(reader.get("listed_months")),
        by_tier={tier: ruled_count(one) for tier, one in reader.get("by_tier").pairs()},
        contents=cited_list(reader.get("contents")),
        outcomes=cited_list(reader.get("outcomes"), least=1),
    )


def read_appeal(reader: Reader) -> AppealRules:
    """The way of appeal."""
    reader.mapping(required={"to", "form", "days"})
    return AppealRules(
        to=ruled(reader.get("to"), lambda value: value.key()),
        form=ruled(reader.get("form"), lambda value: value.key()),
        days=ruled_count_or_none(reader.get("days")),
    )


def read_registration(reader: Reader) -> RegistrationRules:
    """What is registered and reported."""
    reader.mapping(required={"platform", "committee_days", "listed_days", "annual_report"})
    return RegistrationRules(
        platform=ruled(reader.get("platform"), lambda value: value.string()),
        committee_days=ruled_count(reader.get("committee_days")),
        listed_days=ruled_count(reader.get("listed_days")),
        annual_report=ruled(reader.get("annual_report"), _month_day),
    )


def _month_day(reader: Reader) -> MonthDay:
    """``03-31``; 29 February is no day of every year."""
    written = reader.string()
    try:
        day = date.fromisoformat(f"2001-{written}") if _MONTH_DAY.fullmatch(written) else None
    except ValueError:
        day = None
    if day is None:
        raise reader.bad(f"{written!r} is not a day of every year")
    return MonthDay(day.month, day.day)


def read_retention(reader: Reader) -> RetentionRules:
    """How long records are kept."""
    reader.mapping(required={"statutory_years", "default_years"})
    return RetentionRules(ruled_count_or_none(reader.get("statutory_years")), ruled_count(reader.get("default_years")))


def read_service_centre(reader: Reader) -> ServiceCentreRules:
    """What a service centre may do."""
    reader.mapping(required={"enabled", "review_and_re_review"})
    return ServiceCentreRules(ruled_flag(reader.get("enabled")), ruled_flag(reader.get("review_and_re_review")))
