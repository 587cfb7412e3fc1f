from django.urls import path

from tinhso.kernel.notices.pages import push, views

urlpatterns = [
    path("", views.notices, name="list"),
    path("da-doc/", views.read_all, name="read_all"),
    path("may-nay/", push.subscribe, name="subscribe"),
    path("may-nay/thoi/", push.unsubscribe, name="unsubscribe"),
    path("may-nay/hoi/", push.known, name="known"),
    path("may-nay/da-nhan/", push.received, name="received"),
    path("bien-nhan/sms/", push.sms_receipt, name="sms_receipt"),
    path("<uuid:notice>/", views.open_notice, name="open"),
]
