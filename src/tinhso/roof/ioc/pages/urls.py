from django.urls import path

from tinhso.roof.ioc.pages import views

urlpatterns = [
    path("", views.board, name="board"),
    path("<str:name>/", views.figure, name="figure"),
]
