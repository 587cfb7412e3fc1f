from django.urls import path, register_converter

from tinhso.shared.payments.pages import counter, days, public, refunds, wallet
from tinhso.shared.payments.pages.converters import PayeeDay

register_converter(PayeeDay, "payee_day")

urlpatterns = [
    path("", counter.counter, name="counter"),
    path("khoan-nop/<uuid:obligation_id>/", counter.obligation, name="obligation"),
    path("khoan-nop/<uuid:obligation_id>/thu/", counter.collect, name="collect"),
    path("khoan-nop/<uuid:obligation_id>/hoan-tra/", counter.refund, name="ask_refund"),
    path("bien-lai/<uuid:receipt_id>/", counter.receipt, name="receipt"),
    path("bien-lai/", public.check, name="check"),
    path("nop/<str:token>/", public.checkout, name="checkout"),
    path("nop/<str:token>/thu-nghiem/", public.try_simulated, name="try_simulated"),
    path("nop/<str:token>/vi/", public.pay_from_wallet, name="pay_from_wallet"),
    path("hoan-tra/", refunds.refunds, name="refunds"),
    path("hoan-tra/<uuid:refund_id>/", refunds.refund, name="refund_one"),
    path("hoan-tra/<uuid:refund_id>/duyet/", refunds.approve, name="refund_approve"),
    path("hoan-tra/<uuid:refund_id>/tu-choi/", refunds.reject, name="refund_reject"),
    path("hoan-tra/<uuid:refund_id>/rut-lai/", refunds.withdraw, name="refund_withdraw"),
    path("hoan-tra/<uuid:refund_id>/chi-tra/", refunds.hand_over, name="refund_hand_over"),
    path("tien-chua-khop/", refunds.money, name="money"),
    path("tien-chua-khop/<uuid:line_id>/", refunds.money_one, name="money_one"),
    path("tien-chua-khop/<uuid:line_id>/khop/", refunds.match, name="match"),
    path("tien-chua-khop/<uuid:line_id>/hoan-tra/", refunds.give_back, name="give_back"),
    path("doi-soat/", days.days, name="days"),
    path("doi-soat/chenh-lech/<int:difference_id>/", days.explain, name="explain"),
    path("doi-soat/<str:payee_code>/<payee_day:day>/", days.day, name="day"),
    path("doi-soat/<str:payee_code>/<payee_day:day>/so/", days.compare, name="compare"),
    path("khoa-so/", days.closing_list, name="closings"),
    path("khoa-so/<uuid:closing_id>/", days.closing, name="closing"),
    path("khoa-so/<uuid:closing_id>/pdf/", days.closing_paper, name="closing_paper"),
    path("khoa-so/<str:payee_code>/khoa/", days.close, name="close"),
    path("vi/", wallet.wallets, name="wallets"),
]
