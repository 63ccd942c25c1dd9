"""Addresses of verifications, certificates and the public's side, below /api/v1/."""

from ethicsreview.interface.api.addresses import Reading, address
from workflows.api import certificates, compliance, findings, panels, register, verification_rounds, verifications

ONE = "verifications/<int:verification>"
PIECE = f"{ONE}/evidence/<int:piece>"
FINDING = f"{ONE}/findings/<int:finding>"
BALLOT = f"{ONE}/ballots/<int:ballot>"
REPORT = f"{ONE}/reports/<int:report>"
HELD = "certificates/<int:certificate>"

moving = [
    address(
        "verifications",
        verifications.VerificationsDoor,
        get=Reading("verifications", "Verifications the caller may read"),
        post=verifications.REQUEST,
    ),
    address(
        "verifying-bodies",
        verifications.BodiesDoor,
        get=Reading("verifying_bodies", "Bodies one can ask for a verification"),
    ),
    address(
        ONE,
        verifications.VerificationDoor,
        get=Reading("verification", "One verification, with both results and the actions open to the caller"),
    ),
    address(
        f"{ONE}/history",
        verifications.VerificationHistoryDoor,
        get=Reading("verification_history", "What happened to a verification"),
    ),
    address(
        f"{ONE}/differences",
        verifications.DifferencesDoor,
        get=Reading("verification_differences", "Self-assessed and verified, item by item"),
    ),
    address(f"{ONE}/accept", verifications.VerificationDoor, post=verifications.ACCEPT),
    address(f"{ONE}/return", verifications.VerificationDoor, post=verifications.RETURN),
    address(f"{ONE}/withdraw", verifications.VerificationDoor, post=verifications.WITHDRAW),
    address(f"{ONE}/recommend", verifications.VerificationDoor, post=verifications.RECOMMEND),
    address(
        f"{ONE}/compliance",
        compliance.ComplianceDoor,
        get=Reading("verification_compliance", "The procedure point by point, to whoever reviews compliance"),
    ),
    address(f"{ONE}/compliance/pass", verifications.VerificationDoor, post=verifications.PASS),
    address(f"{ONE}/compliance/reject", verifications.VerificationDoor, post=verifications.REJECT),
    address(f"{ONE}/reopen", verifications.VerificationDoor, post=verifications.REOPEN),
    address(f"{ONE}/decide", verifications.DecidingDoor, post=verifications.DECIDE_IT),
]
people = [
    address(
        f"{ONE}/people",
        verifications.VerificationPeopleDoor,
        get=Reading("verification_people", "Who works on a verification"),
    ),
    address(f"{ONE}/team", verifications.VerificationPeopleDoor, post=verifications.ASSIGN),
    address(f"{ONE}/team/<int:person>/end", verifications.TeamPersonDoor, post=verifications.END_PLACE),
    address(f"{ONE}/reviewer", verifications.VerificationPeopleDoor, put=verifications.NAME_REVIEWER),
    address(f"{ONE}/panel", verifications.VerificationPeopleDoor, post=verifications.SEAT),
    address(f"{ONE}/panel/<int:person>/end", verifications.PanelPersonDoor, post=verifications.UNSEAT),
    address(f"{ONE}/recusals", verifications.VerificationPeopleDoor, post=verifications.RECUSE),
]
working = [
    address(
        f"{ONE}/ratings",
        verification_rounds.RoundsDoor,
        get=Reading("verification_ratings", "The enterprise's ratings beside the team's"),
    ),
    address(
        f"{ONE}/ratings/<str:criterion>",
        verification_rounds.TeamRatingDoor,
        get=Reading("verification_rating", "One criterion with both sides"),
        put=verification_rounds.RATE,
    ),
    address(
        f"{ONE}/items/<str:item>",
        verification_rounds.AsideDoor,
        get=Reading("verification_item", "One item the enterprise set aside"),
        put=verification_rounds.DECIDE_ASIDE,
    ),
    address(
        f"{ONE}/evidence",
        verification_rounds.JudgedEvidenceDoor,
        get=Reading("verification_evidence", "The evidence of a verification"),
    ),
    address(
        PIECE,
        verification_rounds.JudgedPieceDoor,
        get=Reading("verification_piece", "One piece of evidence"),
    ),
    address(f"{PIECE}/judge", verification_rounds.JudgedPieceDoor, post=verification_rounds.JUDGE),
    address(
        f"{PIECE}/file",
        verification_rounds.EvidenceFileDoor,
        get=Reading("verification_piece_file", "The file of a piece, as it was sent"),
    ),
    address(
        f"{PIECE}/pages/<int:page>",
        verification_rounds.EvidencePictureDoor,
        get=Reading("verification_piece_page", "One page of it as a picture"),
    ),
    address(
        f"{ONE}/dcmm",
        verification_rounds.ProvedLevelDoor,
        get=Reading("verification_dcmm", "The DCMM level: claim, judgement, finding, and what counts"),
    ),
    address(
        f"{ONE}/dcmm/file",
        verification_rounds.ClaimedCertificateDoor,
        get=Reading("verification_dcmm_file", "The DCMM certificate that was claimed"),
    ),
    address(f"{ONE}/dcmm/judge", verification_rounds.ProvedLevelDoor, post=verification_rounds.JUDGE_CLAIM),
    address(f"{ONE}/dcmm/find", verification_rounds.ProvedLevelDoor, post=verification_rounds.FIND_LEVEL),
    address(f"{ONE}/dcmm/countersign", verification_rounds.ProvedLevelDoor, post=verification_rounds.COUNTERSIGN),
    address(
        f"{ONE}/onsite",
        verification_rounds.OnSiteDoor,
        get=Reading("verification_onsite", "What was done on site, and what is still wanted"),
        post=verification_rounds.RECORD,
    ),
    address(f"{ONE}/onsite/begin", verification_rounds.OnSiteDoor, post=verification_rounds.BEGIN),
    address(
        f"{ONE}/onsite/<int:entry>/remove", verification_rounds.OnSiteEntryDoor, post=verification_rounds.REMOVE_ENTRY
    ),
    address(
        f"{ONE}/findings",
        findings.FindingsDoor,
        get=Reading("verification_findings", "The findings of a verification"),
        post=findings.WRITE,
    ),
    address(f"{ONE}/findings/release", findings.FindingsDoor, post=findings.RELEASE),
    address(FINDING, findings.FindingDoor, get=Reading("verification_finding", "One finding"), put=findings.REWRITE),
    address(f"{FINDING}/remove", findings.FindingDoor, post=findings.REMOVE),
    address(f"{FINDING}/answer", findings.FindingDoor, put=findings.ANSWER),
    address(f"{FINDING}/answer/upload", findings.FindingDoor, post=findings.ANSWER_WITH_FILE),
    address(f"{FINDING}/resolve", findings.FindingDoor, post=findings.RESOLVE),
    address(f"{ONE}/correction/close", verifications.VerificationDoor, post=findings.CLOSE),
]
concluding = [
    address(
        f"{ONE}/ballots",
        panels.PanelDoor,
        get=Reading("verification_ballots", "The panel's ballots, and what carries"),
        post=panels.OPEN,
    ),
    address(BALLOT, panels.BallotDoor, get=Reading("verification_ballot", "One ballot")),
    address(f"{BALLOT}/vote", panels.BallotDoor, post=panels.VOTE),
    address(f"{BALLOT}/close", panels.BallotDoor, post=panels.CLOSE),
    address(
        f"{ONE}/objections",
        panels.ObjectionsDoor,
        get=Reading("verification_objections", "Objections to the recommendation"),
    ),
    address(f"{ONE}/objections/<int:objection>/settle", panels.ObjectionDoor, post=panels.SETTLE),
    address(
        f"{ONE}/reports",
        panels.VerificationReportsDoor,
        get=Reading("verification_reports", "The signed documents of a verification"),
    ),
    address(REPORT, panels.VerificationReportDoor, get=Reading("verification_report", "One document")),
    address(f"{REPORT}/retry", panels.VerificationReportDoor, post=panels.RETRY),
    address(
        f"{REPORT}/file",
        panels.VerificationReportFileDoor,
        get=Reading("verification_report_file", "The signed file"),
    ),
]
afterwards = [
    address(
        "certificates",
        certificates.CertificatesDoor,
        get=Reading("certificates", "Certificates of verifications the caller may read"),
    ),
    address(
        HELD,
        certificates.CertificateDoor,
        get=Reading("certificate", "One certificate, with the actions open to the caller"),
    ),
    address(f"{HELD}/surveil", certificates.CertificateDoor, post=certificates.SURVEIL),
    address(f"{HELD}/withdraw", certificates.CertificateDoor, post=certificates.WITHDRAW),
    address(f"{HELD}/renewals", certificates.CertificateDoor, post=certificates.HAND_IN),
    address(f"{HELD}/renewals/upload", certificates.CertificateDoor, post=certificates.HAND_IN_FILE),
    address(f"{HELD}/renewals/<int:renewal>/judge", certificates.RenewalDoor, post=certificates.JUDGE),
    address(
        f"{HELD}/renewals/<int:renewal>/file",
        certificates.RenewalFileDoor,
        get=Reading("certificate_dcmm_file", "The file of a renewed DCMM certificate"),
    ),
]
public = [
    address(
        "register/certificates",
        register.RegisterDoor,
        get=Reading("register", "The public register: certificates valid today"),
    ),
    address(
        "register/certificates/<str:number>",
        register.RegisteredDoor,
        get=Reading("registered_certificate", "One certificate, whatever became of it"),
    ),
    address(
        "register/notices",
        register.NoticesDoor,
        get=Reading("notices", "Recommendations under public notice today"),
    ),
    address("register/notices/<str:reference>", register.NoticeDoor, get=Reading("notice", "One public notice")),
    address("register/notices/<str:reference>/objections", register.ObjectingDoor, post=register.OBJECT),
    address("verify", register.CheckingDoor, post=register.CHECK),
]
urlpatterns = [*moving, *people, *working, *concluding, *afterwards, *public]
