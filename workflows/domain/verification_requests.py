"""Whether a verification can be asked for, before there is one."""

from dataclasses import dataclass

from workflows.domain.gapcodes import Gap, GapCode

REQUEST = "verification.request"


@dataclass(frozen=True)
class RequestFacts:
    """``running``: one of what was handed in is open or decided. ``offered`` and ``advised`` are of the body."""

    leads: bool
    submitted: bool
    running: bool
    has_scheme: bool
    offered: bool = True
    advised: bool = False


def request_gaps(facts: RequestFacts) -> tuple[Gap, ...]:
    """Everything that keeps it from being asked for; empty means go. A stranger is told that alone."""
    if not facts.leads:
        return (Gap(GapCode.WRONG_ROLE),)
    checks = (
        (not facts.submitted, GapCode.NOT_SUBMITTED),
        (facts.running, GapCode.VERIFICATION_RUNNING),
        (not facts.has_scheme, GapCode.SCHEME_MISSING),
        (not facts.offered, GapCode.BODY_UNKNOWN),
        (facts.advised, GapCode.ADVISER_ASSESSES),
    )
    return tuple(Gap(code) for missing, code in checks if missing)
