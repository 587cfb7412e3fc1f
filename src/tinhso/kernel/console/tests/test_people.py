"""People, accounts, posts and roles: what an administrator does, and what he does not do to himself."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access.may import may
from tinhso.kernel.access.models import Grant
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.console import people, permissions
from tinhso.kernel.geo.models import Place
from tinhso.kernel.identity.models import Account, Person
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.organisations.models import Agency, Post
from tinhso.kernel.testing.people import grant, make_account, make_person, make_role

PEOPLE = "/quan-tri/nguoi/"
READ = permissions.READ_TRAIL
ADMINISTRATOR = [permissions.VIEW_PEOPLE, *permissions.POWERFUL]


@pytest.fixture
def agency(db: None) -> Agency:
    return Agency.objects.create(code="SNV", name="Sở Nội vụ", kind="department", valid_from=date(2020, 1, 1))


@pytest.fixture
def an(db: None) -> Person:
    return make_person("Nguyễn Văn An")


@pytest.fixture
def binh(db: None) -> Person:
    return make_person("Trần Thị Bình", phone="0912345678")


@pytest.fixture
def administrator(client: Client, an: Person) -> Client:
    grant(an, ADMINISTRATOR)
    client.force_login(make_account(an))
    return client


def page_of(person: Person) -> str:
    return reverse("kernel_console:person", args=[person.pk])


def give(client: Client, person: Person, **facts: str) -> object:
    return client.post(reverse("kernel_console:new_grant", args=[person.pk]), facts)


def test_people_are_found_without_accents(administrator, binh) -> None:
    make_account(binh)

    page = administrator.get(PEOPLE, {"q": "tran thi binh"}).content.decode()

    assert "Trần Thị Bình" in page
    assert "Nguyễn Văn An</a>" not in page


def test_a_new_person_gets_an_account_without_a_password(administrator) -> None:
    administrator.post(f"{PEOPLE}moi/", {"full_name": "Lê  Văn Chi", "username": "chi", "phone": "0900000001"})

    account = Account.objects.get(username="chi")
    assert account.person.full_name == "Lê Văn Chi"
    assert not account.has_usable_password()
    assert Entry.objects.filter(action="kernel_console.open_account", record_id=account.pk).exists()


def test_what_was_typed_stays_and_the_error_stands_under_its_field(administrator, an) -> None:
    taken = an.account.username

    page = administrator.post(f"{PEOPLE}moi/", {"full_name": "Lê Văn Chi", "username": taken})

    assert page.status_code == 422
    assert 'value="Lê Văn Chi"' in page.content.decode()
    assert "đã có người dùng" in page.content.decode()
    assert not Person.objects.filter(full_name="Lê Văn Chi").exists()


def contact_of(person: Person) -> str:
    return reverse("kernel_console:contact", args=[person.pk])


def test_contact_data_are_changed_and_the_trail_names_what_but_not_the_number(administrator, binh) -> None:
    account = make_account(binh)

    answer = administrator.post(contact_of(binh), {"phone": "0987 654.321", "email": "binh@example.vn"})

    binh.refresh_from_db()
    account.refresh_from_db()
    entry = Entry.objects.get(action="kernel_console.change_contact", record_id=binh.pk)
    assert answer.headers["Location"] == page_of(binh)
    assert (binh.phone, binh.email, account.email) == ("0987654321", "binh@example.vn", "binh@example.vn")
    assert "email" in entry.payload
    assert "0987654321" not in entry.payload


def test_contact_data_that_stay_as_they_were_are_no_deed(administrator, binh) -> None:
    administrator.post(contact_of(binh), {"phone": binh.phone, "email": ""})

    assert not Entry.objects.filter(action="kernel_console.change_contact").exists()


@pytest.mark.parametrize(
    ("phone", "email", "words"),
    [
        ("0912", "binh@example.vn", "Số điện thoại có từ 9 đến 15 chữ số"),
        ("không có", "binh@example.vn", "Số điện thoại có từ 9 đến 15 chữ số"),
        ("0987654321", "binh@", "0987654321"),
        ("", "", "chưa có số điện thoại hoặc thư điện tử"),
    ],
)
def test_wrong_contact_data_stay_in_the_form_and_change_nothing(administrator, binh, phone, email, words) -> None:
    make_account(binh)

    page = administrator.post(contact_of(binh), {"phone": phone, "email": email})

    binh.refresh_from_db()
    text = page.content.decode()
    assert page.status_code == 422
    assert words.casefold() in text.casefold()
    assert f'value="{email}"' in text or not email
    assert binh.phone == "0912345678"


def test_nobody_changes_his_own_contact_data(administrator, an) -> None:
    page = administrator.post(contact_of(an), {"phone": "0987654321", "email": ""})

    an.refresh_from_db()
    assert page.status_code == 422
    assert an.phone != "0987654321"


def test_the_link_to_a_password_works_once_and_signs_nobody_in(administrator, binh) -> None:
    account = make_account(binh)
    change = reverse("kernel_console:change_account", args=[account.pk, "gui-lien-ket"])

    administrator.post(change)
    link = Notice.objects.get(recipient=binh.pk).fields["link"].removeprefix("http://testserver")
    words = {"new_password1": "một mật khẩu rất dài", "new_password2": "một mật khẩu rất dài"}
    set_once = Client().post(link, words)
    again = Client().post(link, words)

    account.refresh_from_db()
    assert set_once.headers["Location"] == reverse("account_login")
    assert again.status_code == 404
    assert account.check_password("một mật khẩu rất dài")


def test_a_closed_account_stops_at_once(administrator, binh) -> None:
    account = make_account(binh)
    theirs = Client()
    theirs.force_login(account)

    administrator.post(reverse("kernel_console:change_account", args=[account.pk, "khoa"]))

    assert theirs.get("/quyen-cua-toi/").headers["Location"].startswith("/dang-nhap/")


def test_a_role_is_given_for_one_agency_and_ended(administrator, an, binh, agency) -> None:
    role = make_role(READ)

    give(administrator, binh, role=role.pk, agency="Sở Nội vụ")
    given = Grant.objects.get(holder_id=binh.pk)

    assert may(binh.actor(), READ, Where(agency=agency.pk))
    assert not may(binh.actor(), READ, Where())
    assert given.granted_by == an.pk
    administrator.post(reverse("kernel_console:end_grant", args=[given.pk]))
    assert not may(binh.actor(), READ, Where(agency=agency.pk))


def test_a_scope_that_is_not_there_gives_nothing(administrator, binh) -> None:
    answer = give(administrator, binh, role=make_role(READ).pk, agency="Sở không có")

    assert "không có cơ quan nào" in answer.content.decode()
    assert not Grant.objects.filter(holder_id=binh.pk).exists()


def test_nobody_gives_himself_a_role(administrator, an) -> None:
    role = make_role(READ)

    answer = give(administrator, an, role=role.pk)

    assert "không ai tự trao vai trò cho mình" in answer.content.decode()
    assert not may(an.actor(), READ)


def test_nobody_changes_his_own_account(administrator, an) -> None:
    administrator.post(reverse("kernel_console:change_account", args=[an.account.pk, "khoa"]))

    an.account.refresh_from_db()
    assert an.account.is_active


def test_an_agencys_administrator_gives_within_it_only(client, an, binh, agency) -> None:
    grant(an, ADMINISTRATOR, agency=agency)
    client.force_login(make_account(an))
    role = make_role(permissions.VIEW_ORGANISATIONS)

    refused = give(client, binh, role=role.pk)
    given = give(client, binh, role=role.pk, agency="SNV")

    assert refused.status_code == 422
    assert given.status_code == 302
    assert Grant.objects.filter(holder_id=binh.pk).count() == 1


def test_an_agencys_administrator_makes_no_further_administrators(client, an, binh, agency) -> None:
    grant(an, ADMINISTRATOR, agency=agency)
    client.force_login(make_account(an))

    refused = give(client, binh, role=make_role(permissions.GIVE_ROLE).pk, agency="SNV")

    assert refused.status_code == 422
    assert not Grant.objects.filter(holder_id=binh.pk).exists()


@pytest.mark.parametrize("right", permissions.WHOLE)
def test_an_agencys_administrator_gives_nothing_that_holds_for_the_whole_platform(client, an, binh, agency, right):
    grant(an, ADMINISTRATOR, agency=agency)
    client.force_login(make_account(an))

    refused = give(client, binh, role=make_role(right).pk, agency="SNV")

    assert refused.status_code == 422
    assert "chỉ người được trao vai trò ở mọi nơi" in refused.content.decode().lower()
    assert not Grant.objects.filter(holder_id=binh.pk).exists()


def test_an_agencys_administrator_does_not_become_the_platforms(client, an, binh, agency) -> None:
    grant(an, ADMINISTRATOR, agency=agency)
    client.force_login(make_account(an))
    grant(binh, ADMINISTRATOR)
    Post.objects.create(person=binh, agency=agency, title="Chánh Văn phòng", valid_from=date(2020, 1, 1))
    account = make_account(binh)

    client.post(reverse("kernel_console:contact", args=[binh.pk]), {"phone": "0900000001", "email": ""})
    client.post(reverse("kernel_console:change_account", args=[account.pk, "gui-lien-ket"]))

    binh.refresh_from_db()
    assert binh.phone == "0912345678"
    assert not Notice.objects.exists()


def test_an_agencys_administrator_draws_nobody_elses_account_to_himself(client, an, binh, agency) -> None:
    grant(an, ADMINISTRATOR, agency=agency)
    client.force_login(make_account(an))
    chi = make_person("Lê Văn Chi")
    make_account(binh)
    facts = {"agency": "SNV", "title": "Chuyên viên", "since": "2026-01-05"}

    client.post(reverse("kernel_console:new_post", args=[binh.pk]), facts)
    client.post(reverse("kernel_console:new_post", args=[chi.pk]), facts)

    assert [post.person for post in Post.objects.all()] == [chi]


def test_a_post_is_given_and_shown(administrator, binh, agency) -> None:
    facts = {"agency": "SNV", "title": "Chuyên viên", "since": "2026-01-05"}

    administrator.post(reverse("kernel_console:new_post", args=[binh.pk]), facts)

    assert Post.objects.get(person=binh).agency == agency
    assert "Chuyên viên" in administrator.get(page_of(binh)).content.decode()


def test_an_official_lends_his_own_rights_and_takes_them_back(client, an, binh, db) -> None:
    own = grant(an, READ)
    client.force_login(make_account(an))
    theirs = make_account(binh)
    until = clock.today().replace(year=clock.today().year + 1).isoformat()
    facts = {"to": theirs.username, "until": until, "permissions": [READ]}

    client.post(reverse("kernel_console:delegate", args=[own.pk]), facts)
    lent = Grant.objects.get(holder_id=binh.pk)

    assert may(binh.actor(), READ)
    client.post(reverse("kernel_console:end_grant", args=[lent.pk]))
    assert not may(binh.actor(), READ)
    assert may(an.actor(), READ)


def test_who_may_only_look_changes_nothing(client, an, binh) -> None:
    grant(an, permissions.VIEW_PEOPLE)
    client.force_login(make_account(an))
    account = make_account(binh)

    page = client.get(page_of(binh)).content.decode()

    assert "Trao vai trò" not in page
    assert client.post(reverse("kernel_console:change_account", args=[account.pk, "khoa"])).status_code == 403
    assert give(client, binh, role=make_role(READ).pk).status_code == 403


def test_the_matrix_says_which_role_has_which_right_and_leaves_as_a_file(administrator) -> None:
    page = administrator.get("/quan-tri/quyen/?he-thong=kernel_console").content.decode()
    file = b"".join(administrator.get("/quan-tri/quyen/?he-thong=kernel_console&xuat=csv").streaming_content).decode()

    assert "/quan-tri/quyen/vai-tro/auditor/" in page
    assert re.search(r"trao và thu hồi vai trò,.*x", file)


def test_the_question_is_answered_with_the_grant_that_says_so(administrator, binh) -> None:
    gate = Place.objects.create(code="CK-1", name="Cửa Một", kind="gate")
    grant(binh, READ, place=gate)
    asked = {"who": make_account(binh).username, "what": READ}

    there = administrator.get("/quan-tri/quyen/hoi/", {**asked, "place": "CK-1"}).content.decode()
    everywhere = administrator.get("/quan-tri/quyen/hoi/", asked).content.decode()

    assert "Hiện được phép tại đó" in there
    assert "Cửa Một</td>" in there
    assert "Hiện không được phép tại đó" in everywhere


@pytest.mark.parametrize(
    "address", [PEOPLE, "/quan-tri/quyen/", "/quan-tri/quyen/hoi/", "/quan-tri/quyen/vai-tro/auditor/"]
)
def test_the_pages_of_rights_ask_little_of_the_database(administrator, address, django_assert_max_num_queries) -> None:
    administrator.get(address)

    with django_assert_max_num_queries(12):
        assert administrator.get(address).status_code == 200


def test_one_person_costs_few_queries(administrator, binh, django_assert_max_num_queries) -> None:
    for _number in range(5):
        grant(binh, READ)
    administrator.get(page_of(binh))

    with django_assert_max_num_queries(13):
        administrator.get(page_of(binh))


def test_a_post_that_begins_today_is_shown_from_midnight_in_vietnam(binh, agency) -> None:
    Post.objects.create(person=binh, agency=agency, title="Chuyên viên", valid_from=date(2026, 3, 2))

    shown = people.people(at=datetime(2026, 3, 1, 17, 30, tzinfo=UTC)).get(pk=binh.pk)

    assert shown.post == "Chuyên viên"
