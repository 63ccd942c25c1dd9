"""Addresses of workflows."""

from django.urls import path

from workflows.views import assignments, cases, committees, intake, reviews, rosters

app_name = "workflows"
urlpatterns = [
    path("cases/", cases.case_list, name="case-list"),
    path("cases/<int:pk>/", cases.case_page_view, name="case"),
    path("cases/<int:pk>/classify/", intake.classify, name="case-classify"),
    path("cases/<int:pk>/accept/", intake.accept, name="case-accept"),
    path("cases/<int:pk>/decline/", intake.decline, name="case-decline"),
    path("cases/<int:pk>/supplement/", intake.supplement, name="case-supplement"),
    path("cases/<int:pk>/extend/", intake.extend, name="case-extend"),
    path("cases/<int:pk>/designate/", intake.designate, name="case-designate"),
    path("cases/<int:pk>/reviewers/", assignments.reviewers, name="case-reviewers"),
    path("cases/<int:pk>/reviewers/<int:user_id>/unassign/", assignments.unassign, name="case-unassign"),
    path("cases/<int:pk>/reviews/open/", assignments.open_reviews, name="reviews-close"),
    path("cases/<int:pk>/conflicts/", assignments.conflicts, name="case-conflicts"),
    path("cases/<int:pk>/conflicts/<int:conflict_id>/lift/", assignments.lift, name="case-conflict-lift"),
    path("cases/<int:pk>/review/", reviews.review, name="review"),
    path("cases/<int:pk>/review/hand-in/", reviews.hand_in, name="review-submit"),
    path("cases/<int:pk>/review/<str:item>/", reviews.review_item, name="review-item"),
    path("cases/<int:pk>/comparison/", reviews.comparison, name="comparison"),
    path("committees/", committees.committee_list, name="committee-list"),
    path("committees/new/", rosters.committee_new, name="committee-new"),
    path("committees/<int:pk>/seats/new/", rosters.seat_new, name="seat-new"),
    path("seats/<int:pk>/end/", rosters.seat_end, name="seat-end"),
    path("seats/<int:pk>/absence/", rosters.seat_absence, name="seat-absence"),
    path("committees/<int:pk>/", committees.committee_page, name="committee"),
]
