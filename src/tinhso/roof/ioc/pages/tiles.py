"""The command centre's door, and what its board listens to."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.declare import door
from tinhso.kernel.web.live import live_topic

door("roof_ioc.board", title=_("Figures of the province"), icon="layout-dashboard", url="roof_ioc:board", order=90,
     hint=_("Every system's figures, with their age"))  # fmt: skip
door("roof_ioc.centre", title=_("Command centre"), icon="layout-dashboard", url="roof_ioc:board", order=90,
     audience="official")  # fmt: skip
live_topic("roof_ioc.board", events=("*",), public=True, seconds=10)
