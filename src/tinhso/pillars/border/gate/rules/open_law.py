"""Which rules of procedure everybody may read, with every change of them (border brief 13)."""

from __future__ import annotations

OPEN: dict[str, str] = {
    "thu-tu-goi": "border_gate.queue_cycle",
    "dat-gio": "border_gate.booking_rule",
    "suc-chua-gio": "border_gate.hour_capacity",
    "gio-lam-viec": "border_gate.hours",
    "thoi-han": "border_gate.limit",
    "phi": "border_gate.fee_rule",
    "gia-ben-bai": "border_gate.yard_tariff",
    "noi-dung-khai": "border_gate.field_rule",
    "sua-khai": "border_gate.correction",
}
"""Tables that are public, by the word in their address. A table that is not named here stays with the officers.

Risk rules, lots and samples would tell who is looked at and who is not; checks say by which signs; just-in-time rows
name firms; reasons hold the secret ones of holds; the rest is inner words and equipment.
"""
LIMIT = "border_gate.limit"
OPEN_LIMITS = frozenset(
    {
        *("release_h", "call_min", "expiry_h", "slot_early_min", "slot_late_min", "no_slot_min", "qr_hours"),
        *("wait_p1_min", "wait_p2_min", "wait_p3_min", "misses_to_the_end", "blocked_told_min", "yard_full"),
        *("dwell_hours", "dwell_hours_two_way", "transit_hours", "transfer_tolerance", "fee_kept", "papers_days"),
        *("undeclared_days", "undeclared_most", "undeclared_lock_days", "quick_link_h", "mandate_days"),
        *("false_claim_days", "false_claim_most", "false_claim_lock_days", "target_undeclared", "target_early"),
        *("slot_reminder_first_h", "slot_reminder_last_h", "call_again_min", "call_again_most", "congestion_percent"),
    }
)
"""Numbers that are public. Those not named stay inside: whoever knows from where on collusion is shown, or how sure a
camera must be, stays just below it."""


def is_open(table: str, key: str) -> bool:
    """Whether a rule of that table and key (rows.key_of) may be read by everybody."""
    return table in OPEN.values() and (table != LIMIT or key in OPEN_LIMITS)
