"""Boards, the yard and the daily report."""

from django.urls import path

from tinhso.pillars.border.gate.pages import board, public_board

urlpatterns = [
    path("bang/", board.board, name="board"),
    path("bang-cong-khai/", public_board.public_board, name="public_board"),
    path("bang-cong-khai/man-hinh/", public_board.screen, name="public_screen"),
]
