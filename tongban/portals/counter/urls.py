"""Routes of the window pages."""

from __future__ import annotations

from django.urls import path

from tongban.portals.counter.views import assist, joint, papers, pickups, receive, sheet, tablet, tracking, transfers

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
    path("pickups", pickups.home, name="pickups"),
    path("pickups/<uuid:joint_id>/", pickups.page, name="pickup"),
    path("pickups/<uuid:joint_id>/<uuid:collection_id>", pickups.slip, name="collected"),
    path("transfers", transfers.home, name="transfers"),
    path("transfers/<uuid:transfer_id>/", transfers.page, name="transfer"),
    path("transfers/<uuid:transfer_id>.pdf", transfers.pdf, name="transfer_pdf"),
    path("track", tracking.running, name="track"),
    path("track/returned", tracking.returned, name="returned"),
    path("today", tracking.today, name="today"),
    path("tablet", tablet.setup, name="tablet_setup"),
    path("tablet/<str:key>", tablet.tablet, name="tablet"),
    path("assist", assist.home, name="assist"),
    path("assist/new", assist.new, name="assist_new"),
    path("assist/<uuid:assistance_id>/", assist.page, name="assist_page"),
    path("assist/<uuid:assistance_id>/send", assist.send, name="assist_send"),
    path("assist/<uuid:assistance_id>/agree", assist.agree, name="assist_agree"),
    path("assist/<uuid:assistance_id>/begin", assist.begin, name="assist_begin"),
    path("assist/<uuid:assistance_id>/paper", assist.paper, name="assist_paper"),
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
