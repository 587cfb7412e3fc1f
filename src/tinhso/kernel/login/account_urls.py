"""Addresses of allauth's views that we use, under their own names, which allauth itself looks up.

Left out on purpose: signing up, e-mail addresses and passwords by e-mail. Accounts are given by an agency.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.urls import path

from tinhso.kernel.login.pages import views

urlpatterns = [
    path("dang-nhap/", views.SignIn.as_view(), name="account_login"),
    path("dang-nhap/xac-thuc/", factors.authenticate, name="mfa_authenticate"),
    path("dang-nhap/khoa-truy-cap/", keys.login_webauthn, name="mfa_login_webauthn"),
    path("dang-xuat/", account.logout, name="account_logout"),
    path("tai-khoan/ngung-dung/", account.account_inactive, name="account_inactive"),
    path("tai-khoan/mat-khau/", views.change_password, name="account_change_password"),
    path("tai-khoan/xac-nhan-lai/", account.reauthenticate, name="account_reauthenticate"),
    path("tai-khoan/xac-nhan-lai/ma/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("tai-khoan/xac-nhan-lai/khoa/", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("tai-khoan/phien/", views.sessions, name="usersessions_list"),
    path("tai-khoan/hai-lop/", factors.index, name="mfa_index"),
    path("tai-khoan/hai-lop/ung-dung/", totp.activate_totp, name="mfa_activate_totp"),
    path("tai-khoan/hai-lop/ung-dung/bo/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("tai-khoan/hai-lop/khoa/", keys.list_webauthn, name="mfa_list_webauthn"),
    path("tai-khoan/hai-lop/khoa/them/", keys.add_webauthn, name="mfa_add_webauthn"),
    path("tai-khoan/hai-lop/khoa/<int:pk>/sua/", keys.edit_webauthn, name="mfa_edit_webauthn"),
    path("tai-khoan/hai-lop/khoa/<int:pk>/bo/", keys.remove_webauthn, name="mfa_remove_webauthn"),
    path("tai-khoan/hai-lop/ma-du-phong/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("tai-khoan/hai-lop/ma-du-phong/tao/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("tai-khoan/hai-lop/ma-du-phong/tai/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
