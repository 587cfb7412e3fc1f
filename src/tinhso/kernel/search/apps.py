from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Search(Module):
    name = "tinhso.kernel.search"
    label = "kernel_search"
    title = _("search")
    slug = "tim"
