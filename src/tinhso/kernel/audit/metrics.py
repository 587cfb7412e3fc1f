"""The alarm of the trail."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.audit.queries import sealing
from tinhso.kernel.modules.declare import metric


@metric("kernel_audit.unsealed_age", title=_("age of the oldest unsealed audit entry"), unit="second")
def unsealed_age() -> float:
    """Above 30 seconds the sealer is down, or a transaction has been left open after it wrote."""
    return round(sealing().age, 1)
