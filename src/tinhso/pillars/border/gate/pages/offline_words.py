"""What the screens that work without network say; kept on the device with their page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SAID = (
    "BG-001", "BG-007", "BG-009", "BG-015", "BG-016", "BG-019", "BG-020", "BG-021", "BG-022", "BG-023", "BG-024",
    "BG-026",
    "BG-030", "BG-031", "BG-038", "BG-205", "BG-209", "BG-210", "BG-251", "BG-290", "BG-291", "BG-292", "BG-293",
    "BG-297", "BG-330", "BG-331", "BG-332", "BG-336", "BG-339", "BG-380",
    "BG-393", "BG-440", "BG-442", "BG-670", "BG-671",
)  # fmt: skip


SCREEN = {
    "held": _("for official reasons"),
    "opened": _("Opened, kept on the device"),
    "mayOpen": _("May open the barrier"),
    "notOpen": _("Do not open"),
    "radio": _("Ask by radio"),
    "noPlate": _("QR code"),
    "driver": _("Driver:"),
    "step": _("Step"),
    "missing": _("Still missing"),
    "wanted": _("Wanted by"),
    "notPassed": _("Checks of {f}"),
    "unpaid": _("Infrastructure fee not paid"),
    "aboard": _("{n} kg still on board"),
    "release": _("Customs, final release"),
    "ask": _("Ask the gate's centre"),
    "next": _("Next vehicle"),
    "open": _("Open the barrier"),
    "undeclared": _("Note an undeclared vehicle"),
    "sent": _("reached the server"),
    "kept": _("turned away"),
    "waits": _("to be reconciled"),
    "unsent": _("not sent"),
    "space": _("Memory: {a} of {b} MB used"),
    "photosWait": _("{n} photos wait to be sent."),
    "photosRefused": _("{n} of them were refused: tell the gate's centre."),
    "photosFull": _("No room for more photos (2 GB): let the device send them first, or record without one."),
    "photoBroken": _("The picture cannot be opened: take it again."),
    "failed": _("The device could not be set up: check the network."),
}

DESKS = {
    "checks": _("Open checks"),
    "noChecks": _("No open check of your force"),
    "confirm": _("Confirm passed"),
    "FAIL": _("Not passed"),
    "RETURN": _("Goods go back"),
    "hold": _("Hold"),
    "recordHold": _("Record and hold"),
    "holdTitle": _("Hold the vehicle"),
    "confirmed": _("Passed, kept on the device"),
    "failed_": _("Not passed, kept on the device"),
    "heldHere": _("Held, kept on the device"),
    "treating": pgettext_lazy("task", "in treatment"),
    "passedTask": pgettext_lazy("task", "passed"),
    "failedTask": pgettext_lazy("task", "not passed"),
    "late": _("{n} min late"),
    "left": _("{n} min left"),
    "place": _("Place"),
    "state": _("State"),
    "heldBy": _("Held by"),
    "letIn": _("Let into the yard"),
    "letOut": _("Let out of the yard"),
    "inYard": _("Stands in the yard"),
    "letInDone": _("Let in, kept on the device"),
    "letOutDone": _("Let out, kept on the device"),
    "signed": _("Signed, kept on the device"),
    "store": _("Into the warehouse"),
    "container": _("Container"),
    "bay": _("Bay"),
    "freeBays": _("free bays"),
    "entering": _("Comes in"),
    "expected": _("expected at {at}"),
    "toGive": _("to give {n} kg"),
    "toLine": _("Released: goes to the line"),
    "notNow": _("Nothing to do here now"),
}

DEEDS = {
    "task_pass": _("Confirm passed"),
    "task_fail": _("Not passed"),
    "hold": _("Hold"),
    "transfer": _("Weights of the transfer"),
}
"""What a desk recorded, as the reconciliation list names it."""
