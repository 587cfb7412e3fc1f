"""Names of the events that steps publish; who asked for the money finds it by `facade.obligation(event.record_id)`."""

from __future__ import annotations

OBLIGATION_PAID = "shared_payments.obligation_paid"
OBLIGATION_PART_PAID = "shared_payments.obligation_part_paid"
OBLIGATION_CANCELLED = "shared_payments.obligation_cancelled"
OBLIGATION_EXPIRED = "shared_payments.obligation_expired"
OBLIGATION_DUE_SOON = "shared_payments.obligation_due_soon"
OBLIGATION_REFUNDED = "shared_payments.obligation_refunded"
OBLIGATION_PART_REFUNDED = "shared_payments.obligation_part_refunded"
REFUND_BEGUN = "shared_payments.obligation_refund_begun"
REFUND_REFUSED = "shared_payments.obligation_refund_refused"
REFUND_ASKED = "shared_payments.refund_asked"
REFUND_SETTLED = "shared_payments.refund_settled"
REFUND_FAILED = "shared_payments.refund_failed"
MONEY_UNKNOWN = "shared_payments.money_unknown"
