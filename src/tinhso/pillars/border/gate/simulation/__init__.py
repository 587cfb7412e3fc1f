"""The live border: a day played by SimPy through the same actions as people do.

`plan` says who comes (pure), `board` reads what stands, `moves` says what a vehicle's next step is and when
(pure), `desk` does the steps in batches, `world` is the SimPy model, `playing` keeps in step with the demo clock.
A vehicle's next step follows from its stored state alone: what people have done meanwhile is simply there.
"""
