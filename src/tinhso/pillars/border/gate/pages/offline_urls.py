"""The app that works without network, and what the board does afterwards."""

from django.urls import path

from tinhso.pillars.border.gate.pages import offline, offline_board

urlpatterns = [
    path("ung-dung/", offline.start, name="app"),
    path("tram/", offline.shell, name="offline"),
    path("doi-soat/", offline_board.waiting, name="reconcile"),
    path("doi-soat/<uuid:event_id>/", offline_board.decide, name="reconcile_event"),
    path("may/", offline_board.devices, name="devices"),
    path("may/<uuid:device_id>/khoa/", offline_board.lock, name="device_lock"),
    path("may/<uuid:device_id>/bo-qua/", offline_board.pass_gap, name="device_gap"),
    path("phieu-giay/", offline_board.key_in, name="paper_key"),
    path("phieu-giay/<str:code>/", offline_board.paper, name="paper"),
]
