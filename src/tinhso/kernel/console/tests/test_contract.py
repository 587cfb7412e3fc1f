from tinhso.kernel.testing.contracts import RoomContract


class TestContract(RoomContract):
    label = "kernel_console"
    page_queries = 18  # the operations page looks at every part that can stand still
