"""Put in records that have ended, with their whole past: what another system has kept, or a year made up.

No step is fired, so no guard is asked and no event is told: what happened has happened. All else that a fired
step keeps true is checked, set-wise, before anything is kept: `replay.batch` has the way in.
"""

from tinhso.kernel.workflow.replay.batch import Replay, ReplayRefused, Written

__all__ = ["Replay", "ReplayRefused", "Written"]
