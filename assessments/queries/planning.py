"""The improvement plan of an assessment: what lifts it, what was planned and by whom."""

from collections.abc import Mapping
from datetime import date

from assessments.domain.planning import Plan, next_tier, plan
from assessments.domain.scoring import Ratings, Result, Verdict, result
from assessments.models import ItemEffort, PlanStep
from assessments.queries.maturity import MaturityFolder
from ethicsreview.accounts.domain import MemberRole
from ethicsreview.accounts.models import Membership, User

NO_EFFORTS: Mapping[str, int] = {}


class PlanFolder:
    """What a plan starts from: the ratings as they count, over all levels, whatever the target is."""

    def __init__(self, folder: MaturityFolder) -> None:
        self.folder = folder
        self.instrument = folder.instrument
        refused = set(folder.refused_aside)
        self.ratings = Ratings(folder.ratings.steps, folder.ratings.set_aside - refused)
        self.dcmm = folder.proof.level if folder.proof else None
        self.whole: Result = result(self.instrument, self.ratings, dcmm=self.dcmm)

    @property
    def verdict(self) -> Verdict:
        """Where the enterprise stands; what is not answered counts as not met."""
        return self.whole.lower

    def tiers(self) -> list[int]:
        """The tiers still ahead, the next one first."""
        following = next_tier(self.verdict)
        return [] if following is None else list(range(following, self.instrument.highest + 1))

    def proposal(self, tier: int, efforts: Mapping[str, int] = NO_EFFORTS) -> Plan:
        """The smallest set of criteria that reaches ``tier``, or with efforts the cheapest."""
        return plan(self.instrument, self.ratings, tier=tier, dcmm=self.dcmm, efforts=efforts)


def efforts_of(self_assessment_id: int) -> dict[str, int]:
    """Effort of raising one criterion, by item; items without one cost 1."""
    return dict(ItemEffort.objects.filter(self_assessment=self_assessment_id).values_list("item", "effort"))


def plan_steps(self_assessment_id: int) -> list[PlanStep]:
    """The steps with their owners, as they were added."""
    return list(PlanStep.objects.filter(self_assessment=self_assessment_id).select_related("owner").order_by("pk"))


def possible_owners(organisation_id: int, day: date) -> list[User]:
    """People with the enterprise role in the organisation on ``day``."""
    held = Membership.objects.current(day).filter(organisation=organisation_id, role=MemberRole.ENTERPRISE.value)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk"))
