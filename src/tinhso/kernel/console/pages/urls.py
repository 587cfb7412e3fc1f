from django.urls import path

from tinhso.kernel.console.pages import day_roots, desk, modules, operations, simulated, trail
from tinhso.kernel.console.pages.access import urls as access
from tinhso.kernel.console.pages.organisations import urls as organisations
from tinhso.kernel.console.pages.people import urls as people

urlpatterns = [
    path("ban-lam-viec/", desk.desk, name="desk"),
    path("modules", modules.modules, name="modules"),
    path("kiem-chung/", day_roots.day_roots, name="day_roots"),
    path("kiem-chung/goc/<int:number>.json", day_roots.day_root, name="day_root"),
    path("kiem-chung/ban-ghi/<uuid:record_id>/", day_roots.proof, name="proof"),
    path("quan-tri/nhat-ky/", trail.trail, name="trail"),
    path("quan-tri/van-hanh/", operations.operations, name="operations"),
    path("quan-tri/van-hanh/mo-phong/", simulated.simulated, name="simulated"),
    path("quan-tri/van-hanh/mo-phong/<str:name>/", simulated.switch, name="switch_simulated"),
    path("quan-tri/van-hanh/dieu-khien/<slug:name>/", operations.control, name="control"),
    path("quan-tri/van-hanh/su-kien/<int:number>/thu-lai/", operations.replay_event, name="replay_event"),
    path("quan-tri/van-hanh/su-kien/<int:number>/bo/", operations.drop_event, name="drop_event"),
    path("quan-tri/van-hanh/tac-vu/<int:number>/lam-lai/", operations.retry_job, name="retry_job"),
    path("quan-tri/van-hanh/tac-vu/<int:number>/bo/", operations.drop_job, name="drop_job"),
    *people.urlpatterns,
    *access.urlpatterns,
    *organisations.urlpatterns,
]
