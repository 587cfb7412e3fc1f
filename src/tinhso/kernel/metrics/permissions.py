"""Who may see figures that are not public."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.permissions import permission

SEE_FIGURES = permission("kernel_metrics.see_figures", _("see figures that are not public"), system=True)
