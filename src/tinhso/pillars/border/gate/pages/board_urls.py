"""Boards, the yard and the daily report."""

from django.urls import path, register_converter

from tinhso.pillars.border.gate.pages import (
    board,
    forecast,
    help_desk,
    live_map,
    movement_orders,
    open_data,
    period_report,
    public_board,
    queue,
    queue_control,
    report,
    simulation,
    tv,
    what_if,
    yard,
)
from tinhso.pillars.border.gate.pages.days import Day

register_converter(Day, "day")

urlpatterns = [
    path("ban-do/", live_map.page, name="live_map"),
    path("du-bao/", forecast.forecast, name="forecast"),
    path("thu-gia-dinh/", what_if.questions, name="what_if"),
    path("thu-gia-dinh/<uuid:run_id>/", what_if.run, name="what_if_run"),
    path("du-lieu-mo/", open_data.about, name="open_data"),
    path("du-lieu-mo/cua-khau-ngay.csv", open_data.as_csv, name="open_data_csv"),
    path("du-lieu-mo/cua-khau-ngay.json", open_data.as_json, name="open_data_json"),
    path("bang/", board.board, name="board"),
    path("bang-cong-khai/", public_board.public_board, name="public_board"),
    path("bang-cong-khai/man-hinh/", tv.screen, name="public_screen"),
    path("hang-cho/", queue.queue, name="queue"),
    path("hang-cho/<slug:code>/goi/", queue.call, name="queue_call"),
    path("hang-cho/<slug:code>/tam-ngung/", queue_control.pause, name="queue_pause"),
    path("hang-cho/<slug:code>/goi-tiep/", queue_control.resume, name="queue_resume"),
    path("hang-cho/<slug:code>/ngoai-thu-tu/", queue_control.out_of_order, name="queue_out_of_order"),
    path("lenh-dieu-tiet/", movement_orders.orders, name="movement_orders"),
    path("lenh-dieu-tiet/<uuid:order_id>/", movement_orders.order, name="movement_order"),
    path("lenh-dieu-tiet/<uuid:order_id>/nhac-lai/", movement_orders.repeat, name="movement_order_repeat"),
    path("lenh-dieu-tiet/<uuid:order_id>/thu-hoi/", movement_orders.withdraw, name="movement_order_withdraw"),
    path("ho-tro/", help_desk.desk, name="help_desk"),
    path("ho-tro/<uuid:request_id>/nhan/", help_desk.take, name="help_take"),
    path("ho-tro/<uuid:request_id>/xong/", help_desk.close, name="help_close"),
    path("luot-xe/<uuid:trip_id>/y-te/", help_desk.health, name="trip_health"),
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
    path("bao-cao/<slug:kind>/", period_report.latest, name="period_latest"),
    path("bao-cao/<slug:kind>/<day:day>/", period_report.period, name="period"),
]
