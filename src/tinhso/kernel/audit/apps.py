from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Audit(Module):
    name = "tinhso.kernel.audit"
    label = "kernel_audit"
    title = _("audit")
