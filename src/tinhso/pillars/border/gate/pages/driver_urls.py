"""The driver's page and what anybody may ask."""

from django.urls import path

from tinhso.pillars.border.gate.pages import driver, driver_help, quick

urlpatterns = [
    path("xe/", driver_help.ways, name="ways"),
    path("xep-hang/", driver_help.order, name="order"),
    path("tra-cuu/", driver_help.find, name="find"),
    path("lai-xe/", driver.trip, name="driver"),
    path("lai-xe/dang-di/", driver.going, name="driver_going"),
    path("kn/<str:code>/", quick.quick, name="quick"),
    path("khai-ho/", quick.waiting, name="quick_waiting"),
    path("khai-ho/<uuid:arrival_id>/", quick.for_another, name="quick_for"),
    path("lai-xe/sw.js", driver.worker, name="driver_worker"),
]
