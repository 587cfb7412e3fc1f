"""Enter people, give them accounts, close accounts, make a lost password or second factor good again.

Nobody does any of this to himself, and each deed is in the trail. A password is never seen by whoever helps: a
link that works once goes to the holder's own telephone or mailbox.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.tokens import default_token_generator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.may import may, require, rights
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock, text
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Invalid
from tinhso.kernel.console.permissions import MANAGE_PEOPLE, POWERFUL, VIEW_PEOPLE
from tinhso.kernel.identity.models import Account, Person
from tinhso.kernel.notices.actions import send
from tinhso.kernel.notices.kinds import notice
from tinhso.kernel.organisations import actions as organisations
from tinhso.kernel.organisations.models import Agency, Post
from tinhso.kernel.organisations.queries import posts_of

PASSWORD_LINK = notice(
    "kernel_console.password_link_sent",
    title=_("Link to set a password"),
    texts={
        "vi": "Đặt mật khẩu của bạn tại {link}. Liên kết dùng một lần.",
        "en": "Set your password at {link}. The link works once.",
    },
    channels=("app", "sms", "email"),
    sms_fields=("link",),
    examples={"link": "https://vi-du.example/abc"},
)


def require_over(person: Person, *, by: Actor, at: datetime) -> None:
    """Raise Forbidden unless `by` keeps people everywhere, or at an agency where the person has a post now.

    Who decides what others may do is kept by the former alone: a link to a password makes one him.
    """
    agencies = posts_of(person.id, at.astimezone(clock.HANOI).date()).values_list("agency_id", flat=True)
    is_powerful = rights(person.actor(), at=at).filter(permission__in=POWERFUL).exists()
    if is_powerful or not any(may(by, MANAGE_PEOPLE, Where(agency=agency), at) for agency in agencies):
        require(by, MANAGE_PEOPLE, Where(), at)


def require_sight(person: Person, *, by: Actor, at: datetime) -> None:
    """Raise Forbidden unless `by` sees people everywhere, or at an agency where the person has a post now.

    Whoever has neither account nor post was just entered, and is seen by each agency's administrator.
    """
    if may(by, VIEW_PEOPLE, Where(), at):
        return
    agencies = list(posts_of(person.id, at.astimezone(clock.HANOI).date()).values_list("agency_id", flat=True))
    is_new = not agencies and not Account.objects.filter(person=person).exists()
    if is_new or any(may(by, VIEW_PEOPLE, Where(agency=agency), at) for agency in agencies):
        return
    require(by, VIEW_PEOPLE, Where(), at)


@transaction.atomic
def enter_person(*, full_name: str, phone: str = "", email: str = "", by: Actor, at: datetime) -> Person:
    """A new person, without an account. Raises Forbidden."""
    if not may(by, MANAGE_PEOPLE, at=at):
        require(by, MANAGE_PEOPLE, Where(), at)
    person = Person.objects.create(full_name=text.nfc(full_name), phone=phone.strip(), email=email.strip())
    _tell("kernel_console.enter_person", person, by=by, at=at)
    return person


@transaction.atomic
def change_contact(*, person: Person, phone: str, email: str, by: Actor, at: datetime) -> None:
    """Write down where a person is reached; the trail keeps which of the two changed, not the numbers.

    Raises Forbidden, also for one's own: links to passwords go there.
    """
    if person.id == by.id:
        raise Forbidden(_("nobody changes his own account here: ask another administrator"), code="own-account")
    require_over(person, by=by, at=at)
    row = Person.objects.select_for_update().get(pk=person.pk)
    new = {"phone": phone.strip(), "email": email.strip()}
    changed = sorted(name for name, value in new.items() if getattr(row, name) != value)
    if not changed:
        return
    Person.objects.filter(pk=row.pk).update(**new)
    Account.objects.filter(person=row).update(email=new["email"])
    _tell("kernel_console.change_contact", row, by=by, at=at, changed=changed)


@transaction.atomic
def open_account(*, person: Person, username: str, by: Actor, at: datetime) -> Account:
    """An account without a password: the holder sets one through the link. Raises Forbidden, Invalid."""
    require_over(person, by=by, at=at)
    account = Account(person=person, username=text.nfc(username), email=person.email)
    account.set_unusable_password()
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        raise Invalid(_("this user name is taken, or the person has an account"), field="username") from None
    _tell("kernel_console.open_account", account, by=by, at=at, person=str(person.id))
    return account


@transaction.atomic
def use_account(*, account: Account, in_use: bool, by: Actor, at: datetime) -> None:
    """Close an account from the next request on, or open it again. Raises Forbidden."""
    _require_other(account, by=by, at=at)
    changed = Account.objects.filter(pk=account.pk).exclude(is_active=in_use).update(is_active=in_use)
    if changed:
        deed = "kernel_console.open_account_again" if in_use else "kernel_console.close_account"
        _tell(deed, account, by=by, at=at, person=str(account.person_id))


@transaction.atomic
def reset_second_factor(*, account: Account, by: Actor, at: datetime) -> int:
    """Forget the second factors; the holder sets one up at the next sign-in. Returns how many. Raises Forbidden."""
    _require_other(account, by=by, at=at)
    number, _kinds = Authenticator.objects.filter(user=account).delete()
    _tell("kernel_console.reset_second_factor", account, by=by, at=at, person=str(account.person_id), factors=number)
    return number


@transaction.atomic
def send_password_link(*, account: Account, address: Callable[[UUID, str], str], by: Actor, at: datetime) -> str:
    """Send the holder a link to set a password, and give it back for the demo's page.

    `address` makes the link of the account's id and the token. Raises Forbidden, and Invalid when the person has
    neither a telephone nor a mailbox, or the account is closed.
    """
    _require_other(account, by=by, at=at)
    person = account.person
    if not account.is_active:
        raise Invalid(_("the account is closed: open it first"), code="account-closed")
    if not (person.phone or person.email):
        raise Invalid(_("there is neither a telephone nor a mailbox to send the link to"), code="no-address")
    link = address(account.id, default_token_generator.make_token(account))
    send(PASSWORD_LINK.name, to=[person.id], event_key=link[-40:], by=by, at=at, link=link)
    _tell("kernel_console.send_password_link", account, by=by, at=at, person=str(person.id))
    return link


@transaction.atomic
def appoint(*, person: Person, agency: Agency, title: str, since: date, is_head: bool, by: Actor, at: datetime) -> Post:
    """Give a post at an agency where `by` keeps people. Raises Forbidden, Invalid.

    A post brings a person within reach of the agency's administrators; who has an account or rights already must
    be within reach of `by` before.
    """
    require(by, MANAGE_PEOPLE, Where(agency=agency.id), at)
    if Account.objects.filter(person=person).exists() or rights(person.actor(), at=at).exists():
        require_over(person, by=by, at=at)
    return organisations.appoint(
        person_id=person.id, agency=agency, title=title, valid_from=since, is_head=is_head, by=by, at=at
    )


@transaction.atomic
def end_post(*, post: Post, until: date, by: Actor, at: datetime) -> Post:
    """End a post before the day `until`. Raises Forbidden, Invalid."""
    require(by, MANAGE_PEOPLE, Where(agency=post.agency_id), at)
    return organisations.end_post(post=post, valid_until=until, by=by, at=at)


def _require_other(account: Account, *, by: Actor, at: datetime) -> None:
    if account.person_id == by.id:
        raise Forbidden(_("nobody changes his own account here: ask another administrator"), code="own-account")
    require_over(account.person, by=by, at=at)


def _tell(action: str, row: Person | Account, *, by: Actor, at: datetime, **facts: object) -> None:
    record(action, by=by, at=at, kind=row._meta.label_lower, record_id=row.pk, **facts)
