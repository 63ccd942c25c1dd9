"""Addresses of enterprises' own assessments, below /api/v1/."""

from assessments.api import answers, colleagues, evidence, maturity, plans, workbooks
from ethicsreview.interface.api.addresses import Reading, address

ONE = "assessments/<int:assessment>"
PIECE = f"{ONE}/evidence/<int:piece>"
STEP = f"{ONE}/plan/steps/<int:step>"

urlpatterns = [
    address(
        "assessments",
        maturity.AssessmentsDoor,
        get=Reading("assessments", "Assessments of the caller's enterprises"),
        post=maturity.START,
    ),
    address(
        ONE,
        maturity.AssessmentDoor,
        get=Reading("assessment", "One assessment, with its result and the actions open to the caller"),
        put=maturity.EDIT,
    ),
    address(f"{ONE}/submit", maturity.AssessmentDoor, post=maturity.HAND_IN),
    address(
        f"{ONE}/result", maturity.ResultDoor, get=Reading("assessment_result", "The result with items and dimensions")
    ),
    address(
        f"{ONE}/snapshot", maturity.SnapshotDoor, get=Reading("assessment_snapshot", "What was handed in, or would be")
    ),
    address(f"{ONE}/answers", answers.AnswersDoor, get=Reading("answers", "Every answer of an assessment")),
    address(
        f"{ONE}/answers/<str:criterion>",
        answers.CriterionDoor,
        get=Reading("answer", "One criterion and its answer"),
        put=answers.RATE,
    ),
    address(
        f"{ONE}/items/<str:item>",
        answers.ItemDoor,
        get=Reading("item", "One item, and whether it is set aside"),
        put=answers.SET_ASIDE,
    ),
    address(
        f"{ONE}/evidence",
        evidence.LibraryDoor,
        get=Reading("evidence", "The evidence of an assessment"),
        post=evidence.ADD,
    ),
    address(f"{ONE}/evidence/upload", evidence.LibraryDoor, post=evidence.UPLOAD),
    address(
        PIECE,
        evidence.EvidenceDoor,
        get=Reading("evidence_piece", "One piece of evidence with the versions of its file"),
        put=evidence.EDIT,
    ),
    address(f"{PIECE}/file", evidence.EvidenceDoor, post=evidence.REPLACE),
    address(f"{PIECE}/link", evidence.EvidenceDoor, post=evidence.LINK),
    address(f"{PIECE}/unlink", evidence.EvidenceDoor, post=evidence.UNLINK),
    address(f"{PIECE}/remove", evidence.EvidenceDoor, post=evidence.REMOVE),
    address(
        f"{PIECE}/versions/<int:number>",
        evidence.EvidenceBytesDoor,
        get=Reading("evidence_file", "One version of a piece's file, as it was sent"),
    ),
    address(
        f"{ONE}/claim",
        evidence.ClaimDoor,
        get=Reading("dcmm", "The claimed DCMM level and what it is worth"),
        put=evidence.CLAIM,
    ),
    address(f"{ONE}/claim/certificate", evidence.ClaimDoor, post=evidence.CLAIM_FILE),
    address(
        f"{ONE}/claims/<int:claim>/file",
        evidence.ClaimBytesDoor,
        get=Reading("dcmm_file", "The certificate sent with a claim"),
    ),
    address(f"{ONE}/colleagues", colleagues.ColleaguesDoor, get=Reading("colleagues", "Who works on an assessment")),
    address(f"{ONE}/colleagues/<int:person>", colleagues.ColleagueDoor, put=colleagues.NAME),
    address(f"{ONE}/colleagues/<int:person>/remove", colleagues.ColleagueDoor, post=colleagues.REMOVE),
    address(f"{ONE}/lead", colleagues.ColleaguesDoor, put=colleagues.LEAD),
    address(f"{ONE}/plan", plans.PlanDoor, get=Reading("plan", "The improvement plan")),
    address(
        f"{ONE}/plan/proposals/<str:aim>/<int:tier>",
        plans.ProposalDoor,
        get=Reading(
            "plan_proposal",
            "What reaches a tier",
            "The smallest set of criteria (“fewest”), or the cheapest by the efforts kept (“cheapest”); exact.",
        ),
    ),
    address(f"{ONE}/plan/efforts", plans.PlanDoor, put=plans.EFFORTS),
    address(f"{ONE}/plan/steps", plans.PlanDoor, post=plans.ADD),
    address(STEP, plans.StepDoor, put=plans.EDIT),
    address(f"{STEP}/tick", plans.StepDoor, post=plans.TICK),
    address(f"{STEP}/remove", plans.StepDoor, post=plans.REMOVE),
    address(
        f"{ONE}/comparison",
        plans.ComparisonDoor,
        get=Reading("comparison", "An assessment beside earlier ones and among peers"),
    ),
    address(
        f"{ONE}/workbook", workbooks.WorkbookDoor, get=Reading("workbook", "The questionnaire as an Excel workbook")
    ),
    address(f"{ONE}/workbook/preview", workbooks.PreviewDoor, post=workbooks.LOOK),
    address(f"{ONE}/workbook/take", workbooks.PreviewDoor, post=workbooks.TAKE),
]
