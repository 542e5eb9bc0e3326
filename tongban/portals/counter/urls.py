"""Routes of the window pages."""

from __future__ import annotations

from django.urls import path

from tongban.portals.counter.views import joint, papers, receive, sheet

app_name = "counter"
urlpatterns = [
    path("", receive.home, name="home"),
    path("window", receive.choose_window, name="window"),
    path("identify", receive.identify, name="identify"),
    path("leave", receive.leave, name="leave"),
    path("me", receive.me, name="me"),
    path("here/<uuid:presence_id>/", receive.present, name="present"),
    path("here/<uuid:presence_id>/start", receive.start, name="start"),
    path("here/<uuid:presence_id>/<uuid:draft_id>/", sheet.page, name="sheet"),
    path("here/<uuid:presence_id>/<uuid:draft_id>/notice", papers.notice, name="notice"),
    path("find", joint.find, name="find"),
    path("joint/<uuid:joint_id>/", joint.page, name="joint"),
    path("joint/<uuid:joint_id>/accept", joint.accept, name="accept"),
    path("joint/<uuid:joint_id>/cases/<uuid:case_id>/ask", joint.ask, name="ask"),
    path("joint/<uuid:joint_id>/cases/<uuid:case_id>/refuse", joint.refuse, name="refuse"),
    path("joint/<uuid:joint_id>/cases/<uuid:case_id>/fix", joint.fix, name="fix"),
    path("joint/<uuid:joint_id>/supply", joint.supply, name="supply"),
    path("joint/<uuid:joint_id>/slip", papers.slip, name="slip"),
    path("joint/<uuid:joint_id>/papers/<uuid:paper_id>", papers.paper, name="paper"),
]
