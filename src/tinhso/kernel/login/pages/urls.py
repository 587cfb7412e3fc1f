"""Beside the account's own pages: the demo's one tap, and links."""

from django.urls import path

from tinhso.kernel.login.pages import duty, views

urlpatterns = [
    path("dung-thu/", views.try_as, name="try_as"),
    path("mat-khau-moi/<uuid:account_id>/<str:token>/", views.new_password, name="new_password"),
    path("ca-truc/", duty.duty, name="duty"),
    path("ca-truc/ket-thuc/", duty.off_duty, name="off_duty"),
    path("lien-ket/<str:token>/", views.link, name="link"),
    path("lien-ket/<str:token>/ma/", views.link_code, name="link_code"),
]
