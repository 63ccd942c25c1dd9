"""Addresses of cases and of what hangs on them."""

from ethicsreview.interface.api.addresses import Reading, address
from workflows.api import applications, cases, decisions, files, intake, motions, people, registers, reports, reviews

urlpatterns = [
    address("cases", cases.CasesDoor, get=Reading("cases", "Cases the caller may read"), post=cases.START),
    address("cases/<str:ref>", cases.CaseDoor, get=Reading("case", "One case, with the actions open to the caller")),
    address("cases/<str:ref>/people", cases.PeopleDoor, get=Reading("case_people", "Who sits on its committee")),
    address("cases/<str:ref>/history", cases.HistoryDoor, get=Reading("case_history", "What happened to it")),
    address("cases/<str:ref>/withdraw", cases.CaseDoor, post=cases.WITHDRAW),
    # application
    address(
        "cases/<str:ref>/application",
        applications.ApplicationDoor,
        get=Reading("application", "The newest version of the application the caller may read"),
        patch=applications.SAVE,
    ),
    address(
        "cases/<str:ref>/versions",
        applications.VersionsDoor,
        get=Reading("application_versions", "Its versions, oldest first"),
    ),
    address(
        "cases/<str:ref>/versions/<int:number>",
        applications.VersionDoor,
        get=Reading("application_version", "One version of the application"),
    ),
    address("cases/<str:ref>/submit", applications.HandingInDoor, post=applications.SUBMIT),
    address("cases/<str:ref>/answer-supplement", applications.HandingInDoor, post=applications.ANSWER),
    address("cases/<str:ref>/resubmit", applications.HandingInDoor, post=applications.RESUBMIT),
    address(
        "cases/<str:ref>/notices",
        applications.NoticesDoor,
        get=Reading("supplement_notices", "Supplement notices with requests and answers"),
    ),
    address("cases/<str:ref>/supplement-answers/<str:item>", applications.AnswersDoor, put=applications.SAVE_ANSWER),
    address(
        "cases/<str:ref>/team",
        applications.TeamDoor,
        get=Reading("team", "Who works on the application"),
        post=applications.ADD_COLLEAGUE,
    ),
    # documents
    address(
        "cases/<str:ref>/files",
        files.FilesDoor,
        get=Reading("files", "Documents of a case that the caller may read"),
        post=files.ADD,
    ),
    address("cases/<str:ref>/files/<int:file>", files.FileThing, get=Reading("file", "One document, its versions")),
    address("cases/<str:ref>/files/<int:file>/versions", files.FileThing, post=files.REPLACE),
    address("cases/<str:ref>/files/<int:file>/remove", files.FileThing, post=files.REMOVE),
    address(
        "cases/<str:ref>/files/<int:file>/versions/<int:number>/content",
        files.FileBytesDoor,
        get=Reading("file_content", "One version of a document, as it was sent"),
    ),
    address(
        "cases/<str:ref>/files/<int:file>/versions/<int:number>/pages/<int:page>",
        files.PictureDoor,
        get=Reading("file_page", "One page of a document as a picture"),
    ),
    # desk
    address("cases/<str:ref>/classify", cases.CaseDoor, post=intake.CLASSIFY),
    address("cases/<str:ref>/accept", cases.CaseDoor, post=intake.ACCEPT),
    address("cases/<str:ref>/decline", cases.CaseDoor, post=intake.DECLINE),
    address("cases/<str:ref>/request-supplement", cases.CaseDoor, post=intake.SUPPLEMENT),
    address("cases/<str:ref>/extend", cases.CaseDoor, post=intake.EXTEND),
    address("cases/<str:ref>/designate-chair", cases.CaseDoor, post=intake.DESIGNATE),
    address("cases/<str:ref>/end-designation", cases.CaseDoor, post=intake.END_DESIGNATION),
    address(
        "cases/<str:ref>/assignments",
        people.AssignmentsDoor,
        get=Reading("assignments", "Reviewers, and the members with their workload"),
        post=people.ASSIGN,
    ),
    address("cases/<str:ref>/assignments/<int:person>/withdraw", people.AssignmentDoor, post=people.UNASSIGN),
    address(
        "cases/<str:ref>/conflicts",
        people.ConflictsDoor,
        get=Reading("conflicts", "Conflicts of interest, and what can be declared"),
        post=people.DECLARE,
    ),
    address("cases/<str:ref>/conflicts/<int:conflict>/lift", people.ConflictDoor, post=people.LIFT),
    # reviews
    address("reviews", registers.OwnReviewsDoor, get=Reading("own_reviews", "The caller's own assignments")),
    address(
        "cases/<str:ref>/review", reviews.OwnReviewDoor, get=Reading("own_review", "The caller's review, item by item")
    ),
    address(
        "cases/<str:ref>/review/ratings/<str:item>",
        reviews.RatingDoor,
        get=Reading("own_rating", "One indicator of the own review"),
        put=reviews.RATE,
    ),
    address("cases/<str:ref>/review/submit", reviews.OwnReviewDoor, post=reviews.SUBMIT),
    address("cases/<str:ref>/reviews", reviews.ReviewsDoor, get=Reading("reviews", "The reviews side by side")),
    address("cases/<str:ref>/open-reviews", cases.CaseDoor, post=reviews.OPEN),
    # table
    address("cases/<str:ref>/open-item", cases.CaseDoor, post=motions.OPEN_ITEM),
    address("cases/<str:ref>/adjourn-item", cases.CaseDoor, post=motions.ADJOURN_ITEM),
    address(
        "cases/<str:ref>/motions",
        motions.MotionsDoor,
        get=Reading("motions", "Motions on a case, and what can be put now"),
        post=motions.PUT,
    ),
    address("cases/<str:ref>/gate-motions", motions.MotionsDoor, post=motions.PUT_GATE),
    address("cases/<str:ref>/motions/<int:motion>", motions.MotionDoor, get=Reading("motion", "One motion")),
    address("cases/<str:ref>/motions/<int:motion>/vote", motions.MotionDoor, post=motions.VOTE),
    address("cases/<str:ref>/motions/<int:motion>/record-vote", motions.MotionDoor, post=motions.RECORD),
    address("cases/<str:ref>/motions/<int:motion>/close", motions.MotionDoor, post=motions.CLOSE),
    address("cases/<str:ref>/motions/<int:motion>/withdraw", motions.MotionDoor, post=motions.WITHDRAW),
    address("cases/<str:ref>/motions/<int:motion>/dissent", motions.MotionDoor, put=motions.DISSENT),
    # decisions
    address("cases/<str:ref>/decisions", decisions.DecisionsDoor, get=Reading("decisions", "Decisions that are out")),
    address(
        "cases/<str:ref>/decision-draft",
        decisions.DraftDoor,
        get=Reading("decision_being_written", "The decision being written, to those who write it"),
        put=decisions.DRAFT,
    ),
    address("cases/<str:ref>/issue-decision", decisions.IssuingDoor, post=decisions.ISSUE),
    address("cases/<str:ref>/confirm-modification", decisions.ConfirmingDoor, post=decisions.CONFIRM),
    address("cases/<str:ref>/return-modification", cases.CaseDoor, post=decisions.RETURN),
    address(
        "cases/<str:ref>/reports", reports.ReportsDoor, get=Reading("reports", "Signed documents of its decisions")
    ),
    address(
        "decisions", registers.DecisionsDoor, get=Reading("decision_list", "Decisions that are out, of all cases")
    ),
    address("reports", registers.ReportsDoor, get=Reading("report_list", "Signed documents of all cases")),
    address("reports/<int:report>", reports.ReportThing, get=Reading("report", "One signed document and its state")),
    address("reports/<int:report>/content", reports.ReportFileDoor, get=Reading("report_content", "The signed PDF")),
    address("reports/<int:report>/retry", reports.ReportThing, post=reports.RETRY),
]
