"""The driver's page and what anybody may ask."""

from django.urls import path

from tinhso.pillars.border.gate.pages import (
    ahead,
    desk_declare,
    driver,
    driver_asides,
    driver_help,
    driver_positions,
    quick,
)

urlpatterns = [
    path("xe/", driver_help.ways, name="ways"),
    path("xep-hang/", driver_help.order, name="order"),
    path("tra-cuu/", driver_help.find, name="find"),
    path("lai-xe/", driver.trip, name="driver"),
    path("lai-xe/dang-di/", driver.going, name="driver_going"),
    path("lai-xe/lenh/<uuid:order_id>/", driver_asides.read, name="driver_order"),
    path("lai-xe/y-te/", driver_asides.health, name="driver_health"),
    path("lai-xe/goi-lai/", driver_asides.help_me, name="driver_help"),
    path("lai-xe/vi-tri/", driver_asides.follow, name="driver_follow"),
    path("lai-xe/vi-tri/gui/", driver_positions.send, name="driver_position"),
    path("lai-xe/da-di/", driver_asides.history, name="driver_history"),
    path("lai-xe/in-ma/", driver_asides.printed, name="driver_print"),
    path("lai-xe/duong-di/", driver_asides.road, name="driver_road"),
    path("lai-xe/dat-gio/", driver.book, name="driver_book"),
    path("lai-xe/doi-cua-khau/", driver.choose_point, name="driver_point"),
    path("lai-xe/huy/", driver.call_off, name="driver_call_off"),
    path("lai-xe/khieu-nai/", driver.appeal, name="driver_appeal"),
    path("lai-xe/khai-truoc/", ahead.ahead, name="ahead"),
    path("lai-xe/khai-truoc/to-khai/", ahead.ahead_form, name="ahead_form"),
    path("khai-truoc/", ahead.asked, name="ahead_asked"),
    path("khai-truoc/<uuid:ahead_id>/dong-y/", ahead.consent, name="ahead_consent"),
    path("khai-truoc/<uuid:ahead_id>/tu-choi/", ahead.decline, name="ahead_decline"),
    path("khai-truoc/xe/<uuid:naming_id>/khong-phai/", ahead.not_ours, name="named_disown"),
    path("kn/<str:code>/", quick.quick, name="quick"),
    path("khai-ho/", quick.waiting, name="quick_waiting"),
    path("khai-ho/truoc/", desk_declare.ahead, name="desk_ahead"),
    path("khai-ho/doanh-nghiep/<uuid:trip_id>/", desk_declare.true_firm, name="name_firm"),
    path("khai-ho/<uuid:arrival_id>/", quick.for_another, name="quick_for"),
    path("lai-xe/sw.js", driver.worker, name="driver_worker"),
]
