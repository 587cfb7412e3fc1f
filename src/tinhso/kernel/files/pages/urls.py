from django.urls import path

from tinhso.kernel.files.pages import views

urlpatterns = [path("<uuid:attachment>/", views.download, name="download")]
