"""A case and a verification as an authority reads them within its jurisdiction."""

from functools import cached_property

from ethicsreview.accounts.models import User
from workflows.domain.oversight import Part, case_parts, verification_parts
from workflows.domain.states import Role, State
from workflows.domain.verification_states import VRole, VState
from workflows.models import Case, Decision, Verification
from workflows.queries.verification_folders import VerificationFolder
from workflows.reporting.issued import IssuedFolder


def parts_of_case(case: Case, *, issued: bool) -> frozenset[Part]:
    """What an authority may read of this case."""
    return case_parts(State(case.state), accepted=case.accepted_at is not None, issued=issued)


def parts_of_verification(row: Verification) -> frozenset[Part]:
    """What an authority may read of this verification."""
    return verification_parts(VState(row.state), accepted=row.accepted_at is not None)


class OverseenCase(IssuedFolder):
    """What a decision opens to an authority: the case as it stood when the decision was issued.

    What came after, a second round of ratings and votes for instance, waits for the decision that ends it.
    """

    def __init__(self, decision: Decision, *, user: User) -> None:
        super().__init__(decision)
        self.user = user

    @cached_property
    def roles(self) -> frozenset[Role]:
        """An authority is nothing to the procedure of a case."""
        return frozenset()

    @cached_property
    def readable_reviews(self) -> frozenset[int]:
        """All that counted then: the door has asked whether the case is in the jurisdiction."""
        return frozenset(review.pk for review in self.reviews)


class OverseenVerification(VerificationFolder):
    """A verification with the one role an authority has in it: to read what was released, once it is decided."""

    @cached_property
    def roles(self) -> frozenset[VRole]:
        """An authority's, whatever else the person is elsewhere."""
        return frozenset({VRole.AUTHORITY})
