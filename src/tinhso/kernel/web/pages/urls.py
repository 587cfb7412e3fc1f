"""Addresses of the theme's own pages; the room has no slug, so they stand at the root."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from tinhso.kernel.web.pages import app, choices, offline, pieces

urlpatterns = [
    path("ngon-ngu/<str:code>/", choices.language, name="language"),
    path("co-chu/", choices.text_size, name="text_size"),
    path("manifest.webmanifest", app.manifest, name="manifest"),
    path("sw.js", app.worker, name="worker"),
    path("mat-mang/", app.offline, name="offline"),
    path("mat-mang/<slug:app>/manifest.webmanifest", offline.manifest, name="offline_manifest"),
    path("mat-mang/<slug:app>/sw.js", offline.worker, name="offline_worker"),
    path("mat-mang/<slug:app>/", offline.base, name="offline_base"),
    path("mat-mang/<slug:app>/toi/", offline.me, name="offline_me"),
    path("mat-mang/<slug:app>/may/", offline.enrol, name="offline_enrol"),
    path("mat-mang/<slug:app>/dong-bo/", offline.sync, name="offline_sync"),
    path("mat-mang/<slug:app>/anh/<uuid:device>/<str:digest>/", offline.photo, name="offline_photo"),
    path("bang/<slug:name>/cot/", choices.columns, name="columns"),
]
if settings.SHOW_PIECES:
    urlpatterns += [
        path("pieces/", pieces.public, name="pieces"),
        path("pieces/desk/", pieces.desk, name="pieces_desk"),
        path("pieces/split/", pieces.split, name="pieces_split"),
        path("pieces/board/", pieces.board, name="pieces_board"),
        path("pieces/station/", pieces.station, name="pieces_station"),
    ]
