"""Addresses of an enterprise's own assessments."""

from django.urls import path

from assessments.views import (
    claims,
    colleagues,
    comparison,
    dimensions,
    evidence,
    lists,
    overview,
    plans,
    results,
    starting,
    submitting,
    workbooks,
)

app_name = "assessments"
urlpatterns = [
    path("", lists.assessment_list, name="list"),
    path("start/", starting.start, name="start"),
    path("<int:pk>/", overview.overview, name="self-assessment"),
    path("<int:pk>/edit/", starting.edit, name="edit"),
    path("<int:pk>/dimensions/<str:dimension>/", dimensions.dimension, name="dimension"),
    path("<int:pk>/criteria/<str:criterion>/", dimensions.criterion, name="criterion"),
    path("<int:pk>/criteria/<str:criterion>/evidence/", evidence.link, name="evidence-link"),
    path(
        "<int:pk>/criteria/<str:criterion>/evidence/<int:evidence_id>/unlink/", evidence.unlink, name="evidence-unlink"
    ),
    path("<int:pk>/items/<str:item>/", dimensions.item, name="item"),
    path("<int:pk>/evidence/", evidence.library, name="evidence"),
    path("<int:pk>/evidence/add/", evidence.add, name="evidence-add"),
    path("<int:pk>/evidence/<int:evidence_id>/", evidence.edit, name="evidence-edit"),
    path("<int:pk>/evidence/<int:evidence_id>/file/", evidence.replace, name="evidence-replace"),
    path("<int:pk>/evidence/<int:evidence_id>/remove/", evidence.remove, name="evidence-remove"),
    path("<int:pk>/evidence/<int:evidence_id>/versions/<int:number>/", evidence.download, name="evidence-download"),
    path("<int:pk>/claim/", claims.claim, name="claim"),
    path("<int:pk>/claim/<int:claim_id>/file/", claims.download, name="claim-file"),
    path("<int:pk>/colleagues/", colleagues.colleagues, name="colleagues"),
    path("<int:pk>/colleagues/<int:user_id>/remove/", colleagues.remove, name="colleague-remove"),
    path("<int:pk>/lead/", colleagues.lead, name="lead"),
    path("<int:pk>/submit/", submitting.submit, name="submit"),
    path("<int:pk>/receipt/", submitting.receipt, name="receipt"),
    path("<int:pk>/result/", results.result, name="result"),
    path("<int:pk>/plan/", plans.plan, name="plan"),
    path("<int:pk>/plan/adopt/", plans.adopt, name="plan-adopt"),
    path("<int:pk>/plan/efforts/", plans.efforts, name="plan-efforts"),
    path("<int:pk>/plan/add/", plans.step_add, name="plan-step-add"),
    path("<int:pk>/plan/<int:step_id>/", plans.step_edit, name="plan-step-edit"),
    path("<int:pk>/plan/<int:step_id>/done/", plans.step_tick, name="plan-step-tick"),
    path("<int:pk>/plan/<int:step_id>/remove/", plans.step_remove, name="plan-step-remove"),
    path("<int:pk>/comparison/", comparison.comparison, name="comparison"),
    path("<int:pk>/workbook/", workbooks.workbook_page, name="workbook"),
    path("<int:pk>/workbook/file/", workbooks.workbook_file, name="workbook-file"),
    path("<int:pk>/workbook/take/", workbooks.workbook_take, name="workbook-take"),
]
