"""The sample flow of the workflow's own tests, mounted as a room would mount it."""

from __future__ import annotations

from django.urls import path
from ninja import Router

from tinhso.kernel.api.rooms import RoomApi
from tinhso.kernel.api.steps import mount
from tinhso.kernel.workflow.tests.sample import CASE

router = Router()
mount(router, flow=CASE, path="cases", read="sample.file", limited=False)
api = RoomApi(label="tests_steps", title="Cases", prefix="tests/steps", router=router)
urlpatterns = [path("api/v1/tests/steps/", api.urls)]
