"""Photos and papers: who adds them where, who reads them, what is refused, and that an inspection wants its photos."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import filing, tasks
from tinhso.pillars.border.gate.models import ClearanceTask, Force, Hold, SealEvent, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.filing import HOLD, MANDATE, SEIZURE, TASK, TRIP
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_mandates import an, binh, broker, firm, mandated  # noqa: F401
from tinhso.pillars.border.gate.tests.test_orders import arrived, at_noon, in_yard, of_force  # noqa: F401
from tinhso.pillars.border.gate.tests.test_way_back import accepted  # noqa: F401

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HERE = "HN-1119"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(name: str = "anh.jpg", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    kept = io.BytesIO()
    Image.new("RGB", size, "green").save(kept, "JPEG")
    return SimpleUploadedFile(name, kept.getvalue(), "image/jpeg")


def paper(name: str = "giay.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def client_of(person) -> Client:
    client = Client()
    client.force_login(make_account(person), backend="tinhso.kernel.identity.backends.AccountBackend")
    return client


def in_role(gate, role: str) -> Client:
    person = make_person(role)
    grant(person, role_code(role), place=gate.points[HERE].pk)
    return client_of(person)


def of_firm(owner) -> Client:
    person = make_person("An")
    grant(person, role_code("ENTERPRISE"), agency=owner.pk)
    return client_of(person)


def added(gate, kind: str, record, purpose: str = "photo", upload=None) -> Attachment:
    told = {"kind": kind, "record_id": record.pk, "purpose": purpose}
    return filing.add_file(upload=upload or picture(), **told, by=gate.everything, at=NOON)


def gets(client: Client, file: Attachment) -> int:
    answer = client.get(file.get_absolute_url())
    if answer.streaming:
        b"".join(answer.streaming_content)  # read to its end the file is closed
    return answer.status_code


def inspection(gate, trip) -> ClearanceTask:
    papers = ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_DOC")
    tasks.pass_task(task=papers, result="RED", by=gate.everything, at=NOON)
    return ClearanceTask.objects.select_related("trip", "force").get(trip=trip, kind="CUSTOMS_INSPECT")


def held(gate, trip, *, secret: bool) -> Hold:
    customs = Force.objects.get(code="HAIQUAN")
    why = {"reason": "Cần đối chiếu thêm chứng từ", "reason_code": "DOC_MISMATCH"}
    return tasks.place_hold(trip=trip, force=customs, secret=secret, **why, by=gate.everything, at=NOON)


def test_an_inspection_is_passed_with_a_photo_and_the_new_seal_only(gate, in_yard):  # noqa: F811
    task, customs = inspection(gate, in_yard), of_force(gate, "HAIQUAN")
    address, here = reverse("border_gate:task_pass", args=[task.pk]), reverse("border_gate:task", args=[task.pk])

    bare = client_page(customs, address, here, {"seal_no": "HQ12345"})
    assert ClearanceTask.objects.get(pk=task.pk).state == "open"
    done = client_page(customs, address, here, {"seal_no": "HQ12345", "photos": [picture(), picture(size=(9, 9))]})

    assert "Kiểm hóa đạt phải có ảnh hàng hóa" in bare
    assert 'value="HQ12345"' in bare
    assert ClearanceTask.objects.get(pk=task.pk).state == "passed"
    assert Attachment.objects.filter(kind=TASK, record_id=task.pk).count() == 2
    assert SealEvent.objects.get(trip=in_yard).seal_no == "HQ12345"
    assert "Kiểm hóa" in done
    assert done.count('class="filed__row"') == 2


def client_page(client: Client, address: str, here: str, typed: dict) -> str:
    return client.post(address, {**typed, "next": here}, follow=True).content.decode()


def test_inspections_are_not_confirmed_among_many(gate, in_yard):  # noqa: F811
    task = inspection(gate, in_yard)
    plants = ClearanceTask.objects.get(trip=in_yard, kind="PLANT_Q")

    outcome = tasks.pass_tasks(tasks=[task, plants], by=gate.everything, at=NOON)

    assert set(outcome.done) == {plants.pk}
    assert outcome.refused[task.pk].code == "BG-440"


def test_photos_of_a_hold_are_read_by_officers_there_and_those_of_a_secret_one_by_its_force(gate, in_yard):  # noqa: F811
    open_one, secret = held(gate, in_yard, secret=False), held(gate, in_yard, secret=True)
    seen, hidden = added(gate, HOLD, open_one), added(gate, HOLD, secret)
    customs, guard, yard = of_force(gate, "HAIQUAN"), in_role(gate, "BIENPHONG"), in_role(gate, "YARD")
    owner, stranger = of_firm(in_yard.enterprise), of_firm(make_firm("Công ty khác", "4900999996"))

    assert [gets(one, seen) for one in (customs, guard)] == [200, 200]
    assert [gets(one, seen) for one in (yard, owner, stranger, Client())] == [404] * 4
    assert gets(customs, hidden) == 200
    assert [gets(one, hidden) for one in (guard, yard, owner, stranger, Client())] == [404] * 5
    told = guard.get(reverse("border_gate:trip", args=[in_yard.pk])).content.decode()
    assert str(seen.pk) in told
    assert str(hidden.pk) not in told


def test_a_drivers_papers_are_read_by_border_guard_and_medical_quarantine_and_each_reading_is_kept(gate, in_yard):  # noqa: F811
    owner = of_firm(in_yard.enterprise)
    address = reverse("border_gate:firm_files", args=[in_yard.pk])
    assert owner.post(address, {"purpose": "driver_paper", "file": picture("cccd.jpg")}).status_code == 302
    file = Attachment.objects.get(kind=TRIP, record_id=in_yard.pk)
    readers = [in_role(gate, role) for role in ("BIENPHONG", "KDYT")]
    others = [in_role(gate, role) for role in ("HAIQUAN", "QLTT", "YARD", "KDTV")]

    assert (file.classification, file.keep_until is not None) == ("restricted", True)
    assert [gets(one, file) for one in (*readers, owner)] == [200] * 3
    assert [gets(one, file) for one in (*others, of_firm(make_firm("Khác", "4900999996")))] == [404] * 5
    assert Entry.objects.filter(action="kernel_files.read_attachment").count() == 3
    assert str(file.pk) not in others[0].get(reverse("border_gate:trip", args=[in_yard.pk])).content.decode()
    assert str(file.pk) in owner.get(reverse("border_gate:firm_trip", args=[in_yard.pk])).content.decode()


def test_what_is_no_pdf_or_photo_is_refused_at_its_field_and_the_choice_stays(gate, in_yard):  # noqa: F811
    owner, address = of_firm(in_yard.enterprise), reverse("border_gate:firm_files", args=[in_yard.pk])
    sent = {
        "text": SimpleUploadedFile("giay.pdf", b"khong phai PDF"),
        "page": SimpleUploadedFile("anh.png", b"<html><script>1</script>"),
        "large": SimpleUploadedFile("to.pdf", PDF[:-6] + b"0" * (10 * 1024 * 1024) + b"\n%%EOF\n"),
    }

    answers = [owner.post(address, {"purpose": "contract", "file": one}) for one in sent.values()]

    assert [one.status_code for one in answers] == [422] * 3
    assert all("Chỉ nhận PDF, JPG, PNG; tối đa 10 MB mỗi tệp" in one.content.decode() for one in answers)
    assert all('value="contract" selected' in one.content.decode() for one in answers)
    assert not Attachment.objects.exists()


def test_an_officer_adds_to_his_own_forces_check_and_to_no_other(gate, in_yard):  # noqa: F811
    task = ClearanceTask.objects.get(trip=in_yard, kind="PLANT_Q")
    address = reverse("border_gate:trip_file", args=[in_yard.pk])
    typed = {"subject": f"task:{task.pk}", "purpose": "record"}

    own = of_force(gate, "KDTV").post(address, {**typed, "files": paper()})
    other = of_force(gate, "HAIQUAN").post(address, {**typed, "files": paper("khac.pdf")})
    nobodys = of_force(gate, "KDTV").post(address, {**typed, "subject": f"task:{uuid4()}", "files": paper()})

    assert (own.status_code, other.status_code, nobodys.status_code) == (302, 302, 404)
    assert [one.name for one in Attachment.objects.filter(kind=TASK)] == ["giay.pdf"]
    assert (
        "biên bản, giấy tờ"
        in in_role(gate, "BIENPHONG").get(reverse("border_gate:trip", args=[in_yard.pk])).content.decode().lower()
    )


def test_a_stranger_finds_neither_the_page_nor_the_file_of_anothers_trip(gate, in_yard):  # noqa: F811
    file = added(gate, TRIP, in_yard, "contract", paper())
    stranger = of_firm(make_firm("Công ty khác", "4900999996"))
    address = reverse("border_gate:firm_files", args=[in_yard.pk])

    assert stranger.get(address).status_code == 404
    assert stranger.post(address, {"purpose": "contract", "file": paper()}).status_code == 404
    assert gets(stranger, file) == 404
    assert Attachment.objects.count() == 1


def test_a_record_takes_so_many_files_and_no_more(gate, in_yard, monkeypatch):  # noqa: F811
    monkeypatch.setattr(filing, "MOST", 1)
    added(gate, TRIP, in_yard, "contract", paper())

    with pytest.raises(GateRefusal, match="BG-441"):
        added(gate, TRIP, in_yard, "contract", paper("hai.pdf"))


def test_both_sides_read_the_written_mandate_and_nobody_else(gate, firm, broker, an, binh):  # noqa: F811
    mandate = mandated(firm, broker, an)
    told = {"kind": MANDATE, "record_id": mandate.pk, "purpose": "mandate"}
    file = filing.add_file(upload=paper(), **told, by=an, at=NOON)
    sides = [of_firm(broker), in_role(gate, "BQLKKT")]

    assert [gets(one, file) for one in sides] == [200, 200]
    assert gets(of_firm(make_firm("Công ty khác", "4900999996")), file) == 404


def test_a_firm_adds_its_licence_and_the_board_reads_it(gate, at_noon):  # noqa: F811
    own = make_firm()
    client, address = of_firm(own), reverse("border_gate:firm_papers")

    sent = client.post(address, {"purpose": "licence", "file": paper("dkkd.pdf")})
    card = in_role(gate, "BQLKKT").get(reverse("border_gate:firm_card", args=[own.pk])).content.decode()

    assert sent.status_code == 302
    assert "dkkd.pdf" in client.get(address).content.decode()
    assert "dkkd.pdf" in card


def test_the_photo_of_a_driver_is_read_while_he_drives_there_by_who_reads_papers(gate, in_yard):  # noqa: F811
    owner, address = of_firm(in_yard.enterprise), reverse("border_gate:driver_papers", args=[in_yard.driver_id])
    sent = owner.post(address, {"purpose": "driver_photo", "file": picture("lai-xe.jpg")})
    file = Attachment.objects.get(kind="border_gate.driver")
    guard, customs, elsewhere = in_role(gate, "BIENPHONG"), in_role(gate, "HAIQUAN"), make_person("Ở Chi Ma")
    grant(elsewhere, role_code("BIENPHONG"), place=gate.points["CM-01"].pk)

    assert (sent.status_code, file.classification) == (302, "restricted")
    assert [gets(one, file) for one in (owner, guard)] == [200, 200]
    assert [gets(one, file) for one in (customs, client_of(elsewhere))] == [404, 404]
    assert str(file.pk) in guard.get(reverse("border_gate:trip", args=[in_yard.pk])).content.decode()
    assert of_firm(make_firm("Khác", "4900999996")).get(address).status_code == 404


def test_a_decision_to_seize_is_kept_with_its_file_and_read_by_those_who_may_seize(gate, in_yard):  # noqa: F811
    customs, address = of_force(gate, "HAIQUAN"), reverse("border_gate:trip_seize", args=[in_yard.pk])

    client_page(customs, address, reverse("border_gate:trip", args=[in_yard.pk]),
                {"decision_no": "01/QĐ-TG", "decision": [paper()]})  # fmt: skip

    kept = Attachment.objects.get(kind=SEIZURE, record_id=in_yard.pk)
    assert Trip.objects.get(pk=in_yard.pk).state == "seized"
    shown = customs.get(reverse("border_gate:trip", args=[in_yard.pk])).content.decode()
    assert kept.name in shown
    readers = [customs, of_force(gate, "BIENPHONG"), in_role(gate, "YARD"), in_role(gate, "CSGT"),
               of_force(gate, "HAIQUAN", "TT-1088"), of_firm(in_yard.enterprise), Client()]  # fmt: skip
    told = [gets(client, kept) for client in readers]
    assert told[:2] == [200, 200]
    assert 200 not in told[2:]


@pytest.mark.parametrize("bad", [b"MZ\x90\x00" + b"0" * 200, b"<html><script>alert(1)</script></html>"])
def test_a_decision_with_a_file_that_is_none_seizes_nothing(gate, in_yard, bad):  # noqa: F811
    customs, address = of_force(gate, "HAIQUAN"), reverse("border_gate:trip_seize", args=[in_yard.pk])
    upload = SimpleUploadedFile("quyet-dinh.pdf", bad, "application/pdf")

    shown = client_page(customs, address, reverse("border_gate:trip", args=[in_yard.pk]),
                        {"decision_no": "01/QĐ-TG", "decision": [upload]})  # fmt: skip

    assert Trip.objects.get(pk=in_yard.pk).state == "in_yard"
    assert not Attachment.objects.filter(kind=SEIZURE).exists()
    assert "PDF" in shown
