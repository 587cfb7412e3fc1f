from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.descriptor import Module


class Worktime(Module):
    name = "tinhso.kernel.worktime"
    label = "kernel_worktime"
    title = _("worktime")
