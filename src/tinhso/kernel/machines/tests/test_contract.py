from tinhso.kernel.testing.contracts import RoomContract


class TestContract(RoomContract):
    label = "kernel_machines"
