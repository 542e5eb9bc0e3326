"""Routes of the office pages."""

from __future__ import annotations

from django.urls import path

from tongban.portals.office.views import acts, case, decision_editor, decisions, desk, fees, staff

app_name = "office"
urlpatterns = [
    path("", desk.home, name="home"),
    path("running", desk.board, {"view": "running"}, name="running"),
    path("done", desk.board, {"view": "done"}, name="done"),
    path("done/today", desk.today, name="done_today"),
    path("next", desk.go_on, name="next"),
    path("tasks/claim", desk.claim_several, name="claim_several"),
    path("tasks/<uuid:task_id>/claim", desk.claim, name="claim"),
    path("tasks/<uuid:task_id>/release", desk.release, name="release"),
    path("cases/<uuid:case_id>", case.page, name="case"),
    path("cases/<uuid:case_id>/files/<uuid:file_id>", case.file, name="file"),
    path("cases/<uuid:case_id>/papers/<uuid:paper_id>", case.paper, name="paper"),
    path("cases/<uuid:case_id>/<slug:slug>", acts.page, name="act"),
    path("fees", fees.home, name="fees"),
    path("fees/days", fees.days, name="fees_days"),
    path("fees/days/<str:on>", fees.day, name="fees_day"),
    path("fees/days/<str:on>/<uuid:difference_id>", fees.settle, name="fees_settle"),
    path("fees/<uuid:order_id>", fees.order, name="fees_order"),
    path("fees/<uuid:order_id>/refund", fees.refund, name="fees_refund"),
    path("staff", staff.page, name="staff"),
    path("staff/<slug:code>", staff.page, name="staff_of"),
    path("staff/<slug:code>/posts", staff.add_post, name="add_post"),
    path("staff/<slug:code>/seats", staff.seat, name="seat"),
    path("staff/<slug:code>/seats/<uuid:seat_id>/end", staff.unseat, name="unseat"),
    path("decisions", decisions.home, name="decisions"),
    path("decisions/new", decision_editor.edit, name="decision_new"),
    path("decisions/import", decisions.take_in, name="decisions_import"),
    path("decisions/t/<slug:code>", decisions.page, name="decision"),
    path("decisions/t/<slug:code>/edit", decision_editor.edit, name="decision_edit"),
    path("decisions/t/<slug:code>/import", decisions.take_in, name="decision_import"),
    path("decisions/t/<slug:code>/<int:number>", decisions.version, name="decision_version"),
    path("decisions/t/<slug:code>/<int:number>.dmn", decisions.file, name="decision_file"),
    path("me", desk.me, name="me"),
]
