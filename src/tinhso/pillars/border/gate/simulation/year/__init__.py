"""A generated year by the replay form: finished trips with all that lies over them, day by day, marked DEMO.

`plan` says how many come when, `cast` who there is, `way` what happens to one vehicle, `lines` how it is written,
`day` puts one day in, `run` all days with several processes.
"""
