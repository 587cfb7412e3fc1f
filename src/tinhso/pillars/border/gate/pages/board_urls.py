"""Boards, the yard and the daily report."""

from django.urls import path, register_converter

from tinhso.pillars.border.gate.pages import board, public_board, queue, report, simulation, yard
from tinhso.pillars.border.gate.pages.days import Day

register_converter(Day, "day")

urlpatterns = [
    path("bang/", board.board, name="board"),
    path("bang-cong-khai/", public_board.public_board, name="public_board"),
    path("bang-cong-khai/man-hinh/", public_board.screen, name="public_screen"),
    path("hang-cho/", queue.queue, name="queue"),
    path("hang-cho/<slug:code>/goi/", queue.call, name="queue_call"),
    path("bai/", yard.yards, name="yards"),
    path("bai/<uuid:trip_id>/vao/", yard.enter, name="yard_enter"),
    path("bai/<uuid:trip_id>/do-hang/", yard.unload, name="yard_unload"),
    path("bai/<uuid:trip_id>/xong/", yard.finish, name="yard_finish"),
    path("luot-xe/<uuid:trip_id>/xac-nhan-do-hang/", yard.confirm, name="unloading_confirm"),
    path("mo-phong/", simulation.panel, name="simulation"),
    path("mo-phong/<slug:code>/<slug:role>/", simulation.switch, name="simulation_switch"),
    path("bao-cao/", report.latest, name="reports"),
    path("bao-cao/<day:day>/", report.daily, name="report"),
    path("bao-cao/<day:day>/chot/", report.freeze, name="report_freeze"),
]
