from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Notices(Module):
    name = "tinhso.kernel.notices"
    label = "kernel_notices"
    title = _("notices")
    slug = "thong-bao"
