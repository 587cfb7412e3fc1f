"""E-mail by SMTP, through Django's own settings."""

from __future__ import annotations

import smtplib
from uuid import uuid4

from django.core.mail import EmailMessage

from tinhso.kernel.notices.channels.contract import CarrierDown, Message, Receipt, Refused


class Mail:
    def carry(self, message: Message) -> Receipt:
        reference = uuid4().hex
        letter = EmailMessage(message.title, message.text, to=[message.address], headers={"X-Notice": reference})
        try:
            letter.send()
        except smtplib.SMTPRecipientsRefused as refused:
            raise Refused("the mail server does not know this address") from refused
        except (smtplib.SMTPException, OSError) as down:
            raise CarrierDown(type(down).__name__) from down
        return Receipt(reference=reference)
