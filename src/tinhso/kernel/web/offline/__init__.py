"""Work goes on when the network is cut: an installable app, a signed list, an outbox, a list to reconcile.

A room declares an `OfflineApp` (see `declare`): what its devices must know (`entries`), how an event that was recorded
on a device is done afterwards (`apply`), which pages and files are kept. The rest is here, once:

- `enrol`: a device of ours gets an identity (its key never leaves it), a place, and people on duty; it can be revoked;
- `lists`: what a device knows, signed, brought up to date by what has changed since the version it has;
- `inbox`: events come in with a device's own sequence, any number of times, in any batches; each is done once and in
  the device's order, and what cannot be done waits for a person (`resolve`), so that nothing is lost or overwritten.

In the browser: `scripts/offline_*.js` and the worker of `templates/web/offline_sw.js`.
"""
