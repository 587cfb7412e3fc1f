from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Payments(Module):
    name = "tinhso.shared.payments"
    label = "shared_payments"
    title = _("Payments")
    slug = "thanh-toan"
    owner = "STC"
    systems = ("payments",)
