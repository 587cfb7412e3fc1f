"""The officers' desk: tasks, dossiers, what is done there."""

from django.urls import path

from tinhso.pillars.border.gate.pages import desk, desk_fees, desk_steps, trip_steps

urlpatterns = [
    path("nhiem-vu/", desk.tasks, name="tasks"),
    path("nhiem-vu/<uuid:task_id>/", desk.task, name="task"),
    path("nhiem-vu/<uuid:task_id>/nhan/", desk_steps.take, name="task_take"),
    path("nhiem-vu/<uuid:task_id>/dat/", desk_steps.passed, name="task_pass"),
    path("nhiem-vu/<uuid:task_id>/khong-dat/", desk_steps.failed, name="task_fail"),
    path("nhiem-vu/<uuid:task_id>/kiem-lai/", desk_steps.recheck, name="task_recheck"),
    path("nhiem-vu/<uuid:task_id>/xu-ly/", desk_steps.treated, name="task_treat"),
    path("nhiem-vu/<uuid:task_id>/tam-giu/", desk_steps.held, name="task_hold"),
    path("nhiem-vu/<uuid:task_id>/lam-lai/", desk_steps.repeat, name="task_repeat"),
    path("nhiem-vu/dat-nhieu/", desk_steps.pass_many, name="tasks_pass"),
    path("cho-thong-quan/", desk.releases, name="releases"),
    path("luot-xe/", desk.trips, name="trips"),
    path("luot-xe/<uuid:trip_id>/", desk.trip, name="trip"),
    path("luot-xe/<uuid:trip_id>/thong-quan/", trip_steps.release, name="trip_release"),
    path("luot-xe/<uuid:trip_id>/ket-thuc/", trip_steps.close, name="trip_close"),
    path("luot-xe/<uuid:trip_id>/tam-giu/", trip_steps.hold, name="trip_hold"),
    path("luot-xe/<uuid:trip_id>/tinh-phi/", trip_steps.assess, name="trip_assess"),
    path("luot-xe/<uuid:trip_id>/thu-phi/", trip_steps.pay, name="trip_pay"),
    path("luot-xe/<uuid:trip_id>/de-nghi-mien-phi/", desk_fees.propose, name="fee_propose"),
    path("luot-xe/<uuid:trip_id>/mien-phi/", desk_fees.waive, name="fee_waive"),
    path("luot-xe/<uuid:trip_id>/hoan-nop-phi/", desk_fees.defer, name="fee_defer"),
    path("luot-xe/<uuid:trip_id>/hoan-tra-phi/", desk_fees.refund, name="fee_refund"),
    path("luot-xe/<uuid:trip_id>/tinh-lai-phi/", desk_fees.replace, name="fee_replace"),
    path("luot-xe/<uuid:trip_id>/tiep-nhan/", trip_steps.accept, name="trip_accept"),
    path("luot-xe/<uuid:trip_id>/yeu-cau-sua/", trip_steps.ask_fix, name="trip_fix"),
    path("luot-xe/<uuid:trip_id>/chuyen-bai/", trip_steps.other_yard, name="trip_yard"),
    path("luot-xe/<uuid:trip_id>/chuyen-cua-khau/", trip_steps.divert, name="trip_divert"),
    path("luot-xe/<uuid:trip_id>/thu-hoi/", trip_steps.revoke, name="trip_revoke"),
    path("luot-xe/<uuid:trip_id>/quay-dau/", trip_steps.turn_back, name="trip_turn_back"),
    path("luot-xe/<uuid:trip_id>/xuat-tra/", trip_steps.return_foreign, name="trip_return_foreign"),
    path("luot-xe/<uuid:trip_id>/tam-giu-tang-vat/", trip_steps.seize, name="trip_seize"),
    path("luot-xe/<uuid:trip_id>/tra-lai-tang-vat/", trip_steps.unseize, name="trip_unseize"),
    path("tam-giu/<uuid:hold_id>/go-theo-lenh/", desk_steps.override, name="hold_override"),
    path("tam-giu/<uuid:hold_id>/go/", desk_steps.lift, name="hold_lift"),
]
