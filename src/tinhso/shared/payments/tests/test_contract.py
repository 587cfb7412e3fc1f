from tinhso.kernel.testing.contracts import RoomContract


class TestContract(RoomContract):
    label = "shared_payments"
