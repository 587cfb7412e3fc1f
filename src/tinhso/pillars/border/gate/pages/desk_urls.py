"""The officers' desk: tasks, dossiers, what is done there."""

from django.urls import path

from tinhso.pillars.border.gate.pages import desk, desk_fees, desk_steps

urlpatterns = [
    path("nhiem-vu/", desk.tasks, name="tasks"),
    path("nhiem-vu/<uuid:task_id>/", desk.task, name="task"),
    path("nhiem-vu/<uuid:task_id>/nhan/", desk_steps.take, name="task_take"),
    path("nhiem-vu/<uuid:task_id>/dat/", desk_steps.passed, name="task_pass"),
    path("nhiem-vu/<uuid:task_id>/khong-dat/", desk_steps.failed, name="task_fail"),
    path("nhiem-vu/<uuid:task_id>/kiem-lai/", desk_steps.recheck, name="task_recheck"),
    path("nhiem-vu/dat-nhieu/", desk_steps.pass_many, name="tasks_pass"),
    path("cho-thong-quan/", desk.releases, name="releases"),
    path("luot-xe/", desk.trips, name="trips"),
    path("luot-xe/<uuid:trip_id>/", desk.trip, name="trip"),
    path("luot-xe/<uuid:trip_id>/thong-quan/", desk_steps.release, name="trip_release"),
    path("luot-xe/<uuid:trip_id>/ket-thuc/", desk_steps.close, name="trip_close"),
    path("luot-xe/<uuid:trip_id>/tam-giu/", desk_steps.hold, name="trip_hold"),
    path("luot-xe/<uuid:trip_id>/tinh-phi/", desk_steps.assess, name="trip_assess"),
    path("luot-xe/<uuid:trip_id>/thu-phi/", desk_steps.pay, name="trip_pay"),
    path("luot-xe/<uuid:trip_id>/mien-phi/", desk_fees.waive, name="fee_waive"),
    path("luot-xe/<uuid:trip_id>/hoan-nop-phi/", desk_fees.defer, name="fee_defer"),
    path("luot-xe/<uuid:trip_id>/hoan-tra-phi/", desk_fees.refund, name="fee_refund"),
    path("luot-xe/<uuid:trip_id>/tinh-lai-phi/", desk_fees.replace, name="fee_replace"),
    path("luot-xe/<uuid:trip_id>/tiep-nhan/", desk_steps.accept, name="trip_accept"),
    path("luot-xe/<uuid:trip_id>/yeu-cau-sua/", desk_steps.ask_fix, name="trip_fix"),
    path("tam-giu/<uuid:hold_id>/go/", desk_steps.lift, name="hold_lift"),
]
