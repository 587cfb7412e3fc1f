"""Systems of others: one small protocol each, and a simulator that is used until a real link exists.

No interface of the customs' and quarantine offices' national systems, of the weighbridges or of the cameras at the
gates has been handed to the province yet. There is therefore no real client here: officers type reference numbers
and readings by hand, and a client comes with the interface's document.
"""
