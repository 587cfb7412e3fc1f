from django.urls import path

from tinhso.kernel.console.pages import day_roots, desk, machines, modules, operations, simulated, trail, watched
from tinhso.kernel.console.pages.access import urls as access
from tinhso.kernel.console.pages.organisations import urls as organisations
from tinhso.kernel.console.pages.people import urls as people
from tinhso.kernel.console.pages.rulebook import urls as rulebook

urlpatterns = [
    path("ban-lam-viec/", desk.desk, name="desk"),
    path("modules", modules.modules, name="modules"),
    path("kiem-chung/", day_roots.day_roots, name="day_roots"),
    path("kiem-chung/goc/<int:number>.json", day_roots.day_root, name="day_root"),
    path("kiem-chung/ban-ghi/<uuid:record_id>/", day_roots.proof, name="proof"),
    path("quan-tri/nhat-ky/", trail.trail, name="trail"),
    path("quan-tri/theo-doi/", watched.listed, name="watched"),
    path("quan-tri/van-hanh/", operations.operations, name="operations"),
    path("quan-tri/van-hanh/mo-phong/", simulated.simulated, name="simulated"),
    path("quan-tri/van-hanh/mo-phong/<str:name>/", simulated.switch, name="switch_simulated"),
    path("quan-tri/van-hanh/dieu-khien/<slug:name>/", operations.control, name="control"),
    path("quan-tri/van-hanh/su-kien/<int:number>/thu-lai/", operations.replay_event, name="replay_event"),
    path("quan-tri/van-hanh/su-kien/<int:number>/bo/", operations.drop_event, name="drop_event"),
    path("quan-tri/van-hanh/tac-vu/<int:number>/lam-lai/", operations.retry_job, name="retry_job"),
    path("quan-tri/van-hanh/tac-vu/<int:number>/bo/", operations.drop_job, name="drop_job"),
    path("ket-noi-may/", machines.machines, name="machines"),
    path("ket-noi-may/<uuid:client_id>/", machines.machine, name="machine"),
    path("ket-noi-may/<uuid:client_id>/khoa/", machines.new_key, name="machine_key"),
    path("ket-noi-may/<uuid:client_id>/khoa/<uuid:key_id>/thu-hoi/", machines.revoke_key, name="machine_key_revoke"),
    path("ket-noi-may/<uuid:client_id>/dang-ky/", machines.subscribe, name="machine_subscribe"),
    path("ket-noi-may/<uuid:client_id>/ngat/", machines.disconnect, name="machine_disconnect"),
    path("ket-noi-may/dang-ky/<uuid:sub_id>/", machines.subscription, name="subscription"),
    path("ket-noi-may/dang-ky/<uuid:sub_id>/<slug:deed>/", machines.change_subscription, name="subscription_change"),
    path(
        "ket-noi-may/dang-ky/<uuid:sub_id>/goi/<uuid:call_id>/gui-lai/", machines.tell_again, name="subscription_again"
    ),
    *people.urlpatterns,
    *access.urlpatterns,
    *organisations.urlpatterns,
    *rulebook.urlpatterns,
]
