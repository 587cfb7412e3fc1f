"""The firm's side."""

from django.urls import path

from tinhso.pillars.border.gate.pages import (
    firm,
    firm_amend,
    firm_declare,
    firm_fix,
    firm_mandates,
    firm_sheets,
    firm_slots,
)

urlpatterns = [
    path("doanh-nghiep/", firm.board, name="firm"),
    path("doanh-nghiep/luot-xe/<uuid:trip_id>/", firm.trip, name="firm_trip"),
    path("doanh-nghiep/luot-xe/<uuid:trip_id>/huy/", firm.cancel, name="firm_cancel"),
    path("doanh-nghiep/luot-xe/<uuid:trip_id>/gui-lai-xe/", firm.send, name="firm_send"),
    path("doanh-nghiep/luot-xe/<uuid:trip_id>/lien-ket/", firm.link, name="firm_link"),
    path("doanh-nghiep/luot-xe/<uuid:trip_id>/sua/", firm_fix.fix, name="firm_fix"),
    path("doanh-nghiep/luot-xe/<uuid:trip_id>/sua-o/", firm_amend.choose, name="firm_amend"),
    path("doanh-nghiep/luot-xe/<uuid:trip_id>/sua-o/nhap/", firm_amend.change, name="firm_amend_change"),
    path("doanh-nghiep/de-nghi-sua/<uuid:amendment_id>/xac-nhan/", firm_amend.confirm, name="amendment_confirm"),
    path("doanh-nghiep/de-nghi-sua/<uuid:amendment_id>/tu-choi/", firm_amend.reject, name="amendment_reject"),
    path("doanh-nghiep/luot-xe/<uuid:trip_id>/chep/", firm_declare.copy, name="declare_copy"),
    path("doanh-nghiep/khai-bao/", firm_declare.what, name="declare"),
    path("doanh-nghiep/khai-bao/xe/", firm_declare.who, name="declare_who"),
    path("doanh-nghiep/khai-bao/xem-lai/", firm_declare.review, name="declare_review"),
    path("doanh-nghiep/khai-bao/bo/", firm_declare.drop, name="declare_drop"),
    path("doanh-nghiep/khung-gio/", firm_slots.slots, name="firm_slots"),
    path("doanh-nghiep/khieu-nai/", firm_slots.appeal, name="firm_appeal"),
    path("doanh-nghiep/luot-xe/<uuid:trip_id>/khung-gio/", firm_slots.trip_slots, name="firm_trip_slots"),
    path("doanh-nghiep/luot-xe/<uuid:trip_id>/dat-gio/", firm_slots.book, name="firm_book"),
    path("doanh-nghiep/luot-xe/<uuid:trip_id>/doi-cua-khau/", firm_slots.choose_point, name="firm_point"),
    path("doanh-nghiep/luot-xe/<uuid:trip_id>/khieu-nai/", firm_slots.appeal_place, name="firm_appeal_place"),
    path("doanh-nghiep/nhap-excel/", firm_sheets.upload, name="firm_sheets"),
    path("doanh-nghiep/nhap-excel/mau.xlsx", firm_sheets.template, name="firm_sheet_template"),
    path("doanh-nghiep/nhap-excel/<uuid:sheet_id>/", firm_sheets.sheet, name="firm_sheet"),
    path("doanh-nghiep/nhap-excel/<uuid:sheet_id>/giu/", firm_sheets.keep, name="firm_sheet_keep"),
    path("doanh-nghiep/nhap-excel/<uuid:sheet_id>/bo/", firm_sheets.drop, name="firm_sheet_drop"),
    path("doanh-nghiep/nhap-excel/<uuid:sheet_id>/dong-loi.xlsx", firm_sheets.wrong_rows, name="firm_sheet_wrong"),
    path("doanh-nghiep/uy-quyen/", firm_mandates.mandates, name="mandates"),
    path("doanh-nghiep/uy-quyen/<uuid:mandate_id>/thu-hoi/", firm_mandates.revoke, name="mandate_revoke"),
    path("doanh-nghiep/xe/", firm.fleet, name="firm_fleet"),
    path("doanh-nghiep/lai-xe/", firm.drivers, name="firm_drivers"),
]
