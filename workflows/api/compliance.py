"""What whoever reviews compliance goes by, for programs: the procedure point by point."""

from ethicsreview.interface.api.doors import Data
from workflows.api.verification_doors import VerificationThing
from workflows.domain.verification_table import PASS_COMPLIANCE
from workflows.queries.verification_checklist import checklist
from workflows.queries.verifications import VerificationFolder
from workflows.serializers.verifications import ComplianceSerializer


class ComplianceDoor(VerificationThing):
    """The procedure of a verification as it stands; to whoever reviews compliance alone."""

    shape = ComplianceSerializer

    def may_read(self, folder: VerificationFolder) -> bool:
        return bool(PASS_COMPLIANCE.roles & folder.roles)

    def data(self, thing: VerificationFolder) -> Data:
        points = [
            {"text": row["label"], "kept": row["done"], "note": row["note"], "article": row["article"]}
            for row in checklist(thing)
        ]
        return dict(ComplianceSerializer({"points": points, "grounds": thing.verification.recommendation}).data)
