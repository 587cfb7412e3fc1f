from django.urls import path

from tinhso.kernel.console.pages.people import steps, views

urlpatterns = [
    path("quan-tri/nguoi/", views.people, name="people"),
    path("quan-tri/nguoi/moi/", steps.new_person, name="new_person"),
    path("quan-tri/nguoi/<uuid:person_id>/", views.person, name="person"),
    path("quan-tri/nguoi/<uuid:person_id>/lien-he/", steps.contact, name="contact"),
    path("quan-tri/nguoi/<uuid:person_id>/tai-khoan/", steps.new_account, name="new_account"),
    path("quan-tri/nguoi/<uuid:person_id>/chuc-vu/", steps.new_post, name="new_post"),
    path("quan-tri/nguoi/<uuid:person_id>/vai-tro/", steps.new_grant, name="new_grant"),
    path("quan-tri/tai-khoan/<uuid:account_id>/<slug:deed>/", steps.change_account, name="change_account"),
    path("quan-tri/chuc-vu/<uuid:post_id>/ket-thuc/", steps.end_post, name="end_post"),
    path("quyen-cua-toi/", views.my_rights, name="my_rights"),
    path("quyen-cua-toi/<uuid:grant_id>/uy-quyen/", steps.delegate, name="delegate"),
    path("quyen-cua-toi/<uuid:grant_id>/ket-thuc/", steps.end_grant, name="end_grant"),
]
