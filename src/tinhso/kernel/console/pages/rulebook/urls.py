from django.urls import path

from tinhso.kernel.console.pages.rulebook import changing, looking

BOOK = "quan-tri/so-quy-dinh/"
CHANGE = f"{BOOK}de-nghi/<uuid:change_id>/"

urlpatterns = [
    path(BOOK, looking.book, name="rulebook"),
    path(f"{BOOK}bang/<str:name>/", looking.table, name="rule_table"),
    path(f"{BOOK}bang/<str:name>/<str:pk>/", looking.history, name="rule_history"),
    path(f"{BOOK}de-nghi/", looking.changes, name="rule_changes"),
    path(f"{BOOK}de-nghi/moi/", changing.new, name="new_rule_change"),
    path(CHANGE, looking.change, name="rule_change"),
    path(f"{CHANGE}chung/", changing.head, name="rule_change_head"),
    path(f"{CHANGE}ket-qua/", looking.rehearsed, name="rule_rehearsed"),
    path(f"{CHANGE}chay-thu/", changing.rehearse, name="rule_rehearse"),
    path(f"{CHANGE}buoc/<slug:step>/", changing.step, name="rule_step"),
    path(f"{CHANGE}dong/<uuid:row_id>/bo/", changing.take_out, name="rule_take_out"),
    path(f"{CHANGE}bang/<str:name>/moi/", changing.add, name="rule_add"),
    path(f"{CHANGE}bang/<str:name>/nhap/", changing.upload, name="rule_upload"),
    path(f"{CHANGE}bang/<str:name>/<str:pk>/", changing.replace, name="rule_replace"),
    path(f"{CHANGE}bang/<str:name>/<str:pk>/cham-dut/", changing.end, name="rule_end"),
]
