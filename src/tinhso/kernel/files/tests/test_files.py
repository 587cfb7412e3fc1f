import io
import os
import socket
import struct
import tempfile
import threading
import time
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from PIL import Image

from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.base.errors import Forbidden, NotFound
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.files import actions, kinds, photos, queries, scan, storage, types
from tinhso.kernel.files.kinds import attachable
from tinhso.kernel.files.models import Attachment, Content
from tinhso.kernel.files.secrets import refuse_secrets
from tinhso.kernel.files.types import FileRefused, sniff
from tinhso.kernel.testing.people import grant, make_person

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ground(monkeypatch, settings, tmp_path):
    """A kind of record of this test only, a folder of its own, and no scanner."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(kinds.ATTACHABLE, "_entries", {})
    monkeypatch.setenv("TINHSO_CLAMD", "")
    attachable(
        "tests.case",
        read="tests.read_case",
        restricted="tests.read_papers",
        write="tests.write_case",
        find=lambda found: Where(record=found),
    )


@pytest.fixture
def case():
    return uuid7()


@pytest.fixture
def an(case):
    person = make_person("An")
    grant(person, ["tests.read_case", "tests.write_case"], record=case)
    return person.actor()


def put(an, case, content=PDF, name="giay.pdf", **more):
    return actions.attach(content, name=name, kind="tests.case", record_id=case, by=an, at=NOON, **more)


def office(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, text in {"[Content_Types].xml": "<x/>", **parts}.items():
            package.writestr(name, text)
    return out.getvalue()


def word(text, part="word/document.xml"):
    paragraph = (
        f'<w:p w:a="1"><w:r><w:t>{text[:2]}</w:t></w:r><w:r><w:t xml:space="preserve">{text[2:]}</w:t></w:r></w:p>'
    )
    return office({"word/document.xml": "<w:p></w:p>", part: paragraph})


def boxed(text):
    """A text box is a paragraph inside another one."""
    box = f'<w:txbxContent><w:p w:a="1"><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>'
    return office({"word/document.xml": f"<w:p><w:r><w:t>Số 1</w:t></w:r><w:r>{box}</w:r></w:p>"})


def photo(size=(40, 20), orientation=6):
    picture, out = Image.new("RGB", size, "red"), io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Camera of An"
    exif.get_ifd(0x8825)[1] = "N"
    picture.save(out, "JPEG", exif=exif, comment=b"at home")
    return out.getvalue()


def test_a_file_is_kept_under_its_own_digest(an, case):
    made = put(an, case)

    path = storage.path_of(made.content_id)
    assert path.read_bytes() == PDF
    assert path.parent.name == made.content_id[2:4]
    assert storage.get(made.content_id) == PDF
    assert not list(path.parent.glob(".part-*"))


def test_the_same_content_is_kept_once(an, case):
    put(an, case)
    put(an, case, name="ban-sao.pdf")

    assert Content.objects.count() == 1
    assert queries.files_of("tests.case", case, by=an, at=NOON).count() == 2


def test_content_that_changed_on_disk_is_noticed(an, case):
    made = put(an, case)
    path = storage.path_of(made.content_id)
    os.chmod(path, 0o600)
    path.write_bytes(PDF.replace(b"1.7", b"1.4"))

    with pytest.raises(ValueError, match="changed"):
        storage.get(made.content_id)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"MZ\x90\x00" + b"\0" * 60, "file-type"),
        (b"<html><script>alert(1)</script></html>", "file-type"),
        (b"%PDF-1.7 without an end", "file-damaged"),
        (b"PK\x03\x04 broken", "file-damaged"),
        (office({"word/document.xml": "", "word/vbaProject.bin": "x"}), "file-type"),
        (office({"other.txt": "x"}), "file-type"),
        (b"\xff\xd8\xff no picture", "file-damaged"),
    ],
)
def test_what_is_not_what_it_should_be_is_refused(an, case, content, code):
    with pytest.raises(FileRefused) as refused:
        put(an, case, content, name="giay.pdf")

    assert refused.value.code == code
    assert not Attachment.objects.exists()


def test_the_name_is_not_believed_but_the_content(an, case):
    made = put(an, case, office({"xl/workbook.xml": ""}), name="../../etc/x\u202egpj.pdf")

    assert made.name == "xgpj.xlsx"
    assert made.content.media_type.endswith("spreadsheetml.sheet")


def test_a_table_of_text_is_csv_and_text_is_text():
    assert sniff("biển số;kg\n".encode()).media_type == "text/plain"
    with pytest.raises(FileRefused):
        sniff(b"a\x00b")


def test_a_file_over_its_size_is_refused(an, case):
    with pytest.raises(FileRefused) as refused:
        put(an, case, PDF + b" " * (51 * 1024 * 1024))

    assert (refused.value.code, refused.value.status) == ("file-too-large", 413)


def test_a_package_that_swells_is_refused(monkeypatch):
    monkeypatch.setattr(types, "LARGEST_UNPACKED", 1024 * 1024)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(2):
            package.writestr(f"word/{number}", b"\0" * (600 * 1024))

    with pytest.raises(FileRefused) as refused:
        sniff(out.getvalue())

    assert refused.value.code == "file-swells"


def test_a_photo_is_turned_upright_and_tells_nothing_else(an, case):
    sent = photo()

    made = put(an, case, sent, name="anh.jpg")

    kept = storage.get(made.content_id)
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (20, 40)
        assert dict(picture.getexif()) == {}
    assert b"Camera of An" not in kept
    assert b"at home" not in kept
    assert made.original == storage.digest_of(sent) != made.content_id


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's own, over each
def test_a_photo_with_spoilt_notes_is_taken_or_refused_and_never_an_error():
    sent, outcomes = photo(), set()

    for place in range(24, 160):
        for value in (0, 1, 4, 10, 255):
            spoilt = sent[:place] + bytes([value]) + sent[place + 1 :]
            try:
                outcomes.add(bool(photos.stripped(spoilt, sniff(spoilt))))
            except FileRefused as refused:
                outcomes.add(refused.code)

    assert outcomes == {True, "file-damaged"}


@pytest.mark.parametrize(
    ("name", "marking", "content"),
    [
        ("giay.pdf", "Tối mật", PDF),
        ("giay.pdf", "mật", PDF),
        ("Báo cáo TUYỆT MẬT.pdf", "", PDF),
        ("bao-cao-tuyet-mat.pdf", "", PDF),
        ("Công văn (MẬT).pdf", "", PDF),
        ("cong-van.docx", "", word("TỐI MẬT")),
        ("cong-van.docx", "", word("MẬT", "word/header1.xml")),
        ("cong-van.docx", "", boxed("TUYỆT MẬT")),
    ],
)
def test_what_is_marked_as_a_state_secret_is_refused_and_told_why(an, case, name, marking, content):
    with pytest.raises(FileRefused) as refused:
        put(an, case, content, name=name, marking=marking)

    assert refused.value.code == "file-secret"
    assert "Tuyệt mật" in refused.value.for_people()


@pytest.mark.parametrize(
    ("name", "content"),
    [("Mật ong rừng.pdf", PDF), ("bảo mật.pdf", PDF), ("BẢO MẬT.pdf", PDF), ("x.docx", word("Bảo mật thông tin"))],
)
def test_honey_and_confidentiality_are_no_secrets(an, case, name, content):
    assert put(an, case, content, name=name).pk


@pytest.mark.parametrize("tag", ["<w:p>", "<w:p ", "<w:t ", "<w:t>", "<w:p><w:t ", "</w:p>"])
def test_a_document_made_to_be_read_for_ever_is_read_at_once(tag):
    endless = office({"word/document.xml": tag * 400_000})
    began = time.process_time()

    refuse_secrets(endless, name="x.docx", marking="", ending=".docx")

    assert time.process_time() - began < 5


def test_only_those_with_the_right_add_and_read(an, case):
    made = put(an, case)
    chi = make_person("Chi").actor()

    with pytest.raises(Forbidden):
        put(chi, case)
    for stranger in (chi, NOBODY):
        with pytest.raises(NotFound):
            queries.readable(made.pk, by=stranger, at=NOON)

    assert queries.readable(made.pk, by=an, at=NOON) == made


def test_a_public_file_is_everybodys(an, case):
    made = put(an, case, classification="public")

    assert queries.readable(made.pk, by=NOBODY, at=NOON) == made


def test_a_restricted_file_asks_for_a_right_of_its_own(an, case):
    restricted, internal = put(an, case, classification="restricted"), put(an, case, PDF + b"\n")
    with pytest.raises(NotFound):
        queries.readable(restricted.pk, by=an, at=NOON)
    assert list(queries.files_of("tests.case", case, by=an, at=NOON)) == [internal]

    grant(an.id, "tests.read_papers", record=case)

    assert queries.readable(restricted.pk, by=an, at=NOON) == restricted
    assert list(queries.files_of("tests.case", case, by=an, at=NOON)) == [restricted, internal]


def test_the_right_to_restricted_files_alone_opens_none(an, case):
    restricted, binh = put(an, case, classification="restricted"), make_person("Bình")
    grant(binh, "tests.read_papers", record=case)

    with pytest.raises(NotFound):
        queries.readable(restricted.pk, by=binh.actor(), at=NOON)


def test_who_may_not_read_a_record_sees_only_its_public_files(an, case):
    public, _ = put(an, case, classification="public"), put(an, case, PDF + b"\n")

    assert list(queries.files_of("tests.case", case, by=NOBODY, at=NOON)) == [public]


def test_a_kind_cannot_do_without_the_right_to_its_restricted_files():
    with pytest.raises(ValueError, match=r"a right of their own, not tests\.read_case"):
        attachable(
            "tests.x", read="tests.read_case", restricted="tests.read_case", write="tests.w", find=lambda _: None
        )


def test_files_go_when_their_time_is_over_and_leave_a_trace(an, case):
    made = put(an, case, keep_until=date(2026, 11, 25))
    digest = made.content_id

    early = actions.end_retention(datetime(2026, 11, 24, 12, tzinfo=UTC))
    late = actions.end_retention(datetime(2026, 11, 25, 12, tzinfo=UTC))

    assert (early, late) == (0, 1)
    assert Entry.objects.filter(action="kernel_files.remove_attachment", record_id=made.pk).exists()
    Content.objects.update(stored_at=clock.real() - timedelta(hours=2))
    assert actions.purge() == 1
    assert not storage.path_of(digest).exists()


def test_content_that_is_still_referred_to_stays(an, case):
    first, second = put(an, case), put(an, case)
    actions.detach(first, by=an, at=NOON)
    Content.objects.update(stored_at=clock.real() - timedelta(hours=2))

    assert actions.purge() == 0
    assert storage.path_of(second.content_id).exists()


@pytest.fixture
def clamd(monkeypatch):
    """A daemon that speaks INSTREAM and finds the word VIRUS; a socket's path may not be long."""
    folder = tempfile.mkdtemp()
    where = f"{folder}/clamd"
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(where)
    listening.listen(8)

    def serve():
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line, line.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(length)
                line.sendall(b"stream: Test-Virus FOUND\0" if b"VIRUS" in content else b"stream: OK\0")

    threading.Thread(target=serve, daemon=True).start()
    monkeypatch.setenv("TINHSO_CLAMD", where)
    yield
    listening.close()
    os.unlink(where)
    os.rmdir(folder)


def test_malware_is_refused_and_leaves_a_trace(an, case, clamd):
    with pytest.raises(FileRefused) as refused:
        put(an, case, PDF.replace(b"<<>>", b"VIRUS"))

    assert refused.value.code == "file-malware"
    assert Entry.objects.filter(action="kernel_files.refuse_malware").exists()
    assert put(an, case).content.verdict == "clean"


def test_without_a_scanner_a_file_is_marked_and_scanned_later(an, case, clamd, monkeypatch):
    where = os.environ["TINHSO_CLAMD"]
    monkeypatch.setenv("TINHSO_CLAMD", f"{where}-that-is-not-there")
    lost = put(an, case)
    storage.remove(lost.content_id)
    made = put(an, case, PDF.replace(b"<<>>", b"VIRUS"))
    assert made.content.verdict == "unscanned"

    monkeypatch.setenv("TINHSO_CLAMD", where)
    scanned = actions.scan_waiting()

    made.content.refresh_from_db()
    assert (scanned, made.content.verdict) == (1, "infected")


def test_an_answer_that_is_no_verdict_is_none():
    assert scan.verdict_of("INSTREAM size limit exceeded. ERROR") == ("unscanned", "")
