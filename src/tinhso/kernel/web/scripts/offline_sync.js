// The loop that sends what a device recorded and fetches what it must know: each minute, at once when the network comes
// back or something was recorded, in order and in batches. The device signs what it sends with a key that never leaves it.
const EVERY = 60000;
const PATIENCE = 45000;
const ROUNDS = 1000;
const NEVER = [413, 415, 422]; // a picture that is refused so is refused the next time as well
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const { Store, to64 } = window.tinhso.offline;
const bytes = new TextEncoder();

class Loop {
  constructor(store, base) {
    this.store = store;
    this.base = base;
    this.online = navigator.onLine;
    this.fault = "";
    this.listeners = [];
  }

  start() {
    setInterval(() => this.run(), EVERY);
    window.addEventListener("online", () => this.run());
    window.addEventListener("offline", () => { this.online = false; this.tell(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.run(); });
    return this.run();
  }

  onChange(listener) { this.listeners.push(listener); }
  tell() { this.listeners.forEach((listener) => listener(this)); }

  // One run at a time, over all tabs of the device. Who asks while one is under way gets another after it: that one
  // may have failed already, and the network be back.
  run() {
    if (!this.store.isEnrolled()) return Promise.resolve();
    this.isAsked = true;
    this.running ??= this.asked().finally(() => { this.running = null; this.tell(); });
    return this.running;
  }

  async asked() {
    while (this.isAsked) {
      this.isAsked = false;
      await navigator.locks
        .request(`tinhso-sync-${this.store.app}`, () => this.rounds())
        .catch(() => { this.online = false; });
    }
  }

  async rounds() {
    await this.store.load();
    for (let round = 0; round < ROUNDS; round += 1) {
      const more = await this.once();
      this.tell();
      if (!more) break;
    }
    if (this.online && !this.fault) await this.photos();
  }

  // Whether another round is due at once.
  async once() {
    const batch = this.store.batch();
    const asked = Date.now();
    const answer = await this.post({
      device: this.store.meta.device,
      sent_at: new Date(this.store.now()).toISOString(),
      next_seq: this.store.meta.seq || 1,
      have: this.store.meta.version || "",
      wants_list: batch.length === this.store.unsent().length,
      shift_began_at: this.store.meta.shift || null,
      storage: await space(),
      events: batch,
    });
    if (!answer) { this.online = false; return false; }
    this.online = true;
    const told = answer.told;
    if (told.now) await this.store.setClock(told.now, asked, Date.now());
    if (told.results) await this.store.acknowledge(told.results);
    this.fault = told.code || "";
    if (told.code === "clock-skew") return this.again("clock");
    if (told.wipe) { await this.store.wipe(); return false; }
    if (told.code) return false;
    this.retried = "";
    if (told.duty) await this.duty(told.duty);
    if (told.list && !(await this.store.take(told.list))) return this.again("list");
    return this.store.unsent().length > 0;
  }

  // Try once more for the same reason, not for ever.
  async again(why) {
    if (this.retried === why) return false;
    this.retried = why;
    if (why === "list") await this.store.set({ version: "", listAt: "" });
    return true;
  }

  async duty(told) {
    const shift = this.store.meta.duty?.officer === told.officer && this.store.meta.shift;
    await this.store.set({ duty: told, shift: shift || new Date(this.store.now()).toISOString() });
  }

  // Photographs go last and one by one; their digests went with the events. One that is refused stays, and keeps no
  // other from going.
  async photos() {
    const kept = await this.store.db.getAll("photos");
    this.store.refused = kept.filter((one) => NEVER.includes(one.refused)).length;
    for (const one of kept) {
      if (one.sent || NEVER.includes(one.refused)) continue;
      const address = `${this.base}anh/${this.store.meta.device}/${one.digest}/`;
      const signature = await this.sign(await one.blob.arrayBuffer());
      const answer = await this.fetch(address, one.blob, signature);
      if (!answer || answer.status >= 500) return;
      if (answer.ok) await this.store.db.delete("photos", one.digest);
      else await this.store.db.put("photos", { ...one, refused: answer.status });
      if (NEVER.includes(answer.status)) this.store.refused += 1;
    }
  }

  async sign(body) {
    const key = this.store.meta.key;
    return to64(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key.privateKey, body));
  }

  // Null when the platform was not reached: also when a proxy answers in its place, or it is without its database.
  async post(told) {
    const body = bytes.encode(JSON.stringify(told));
    const answer = await this.fetch(`${this.base}dong-bo/`, body, await this.sign(body));
    if (!answer || answer.status >= 500 || !(answer.headers.get("Content-Type") || "").startsWith("application/json")) return null;
    return { status: answer.status, told: await answer.json() };
  }

  async fetch(address, body, signature) {
    const headers = { "X-Device-Signature": signature };
    const signal = AbortSignal.timeout(PATIENCE);
    return fetch(address, { method: "POST", body, headers, signal, cache: "no-store" }).catch(() => null);
  }

  async me() {
    const answer = await fetch(`${this.base}toi/`, { cache: "no-store" }).catch(() => null);
    return answer?.ok ? answer.json() : null;
  }

  // A new identity: its private half cannot be read out of this browser, not even by us.
  async enrol(name, spots, csrf) {
    const key = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
    const told = { name, spots, public_key: to64(await crypto.subtle.exportKey("raw", key.publicKey)) };
    const asked = Date.now();
    const answer = await fetch(`${this.base}may/`, {
      method: "POST", body: JSON.stringify(told), headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    }).catch(() => null);
    const made = answer && (await answer.json().catch(() => null));
    if (!answer?.ok) return made?.detail || "";
    await navigator.storage?.persist?.();
    const fresh = { version: "", listAt: "", duty: null, shift: null, wiped: false, seq: 1 };
    await this.store.db.clear("outbox");
    await this.store.set({ ...fresh, device: made.device, name: made.name, keys: made.keys, key });
    await this.store.setClock(made.now, asked, Date.now());
    await this.store.load();
    await this.run();
    return null;
  }
}

async function space() {
  const found = await navigator.storage?.estimate?.();
  return found ? { used: found.usage || 0, quota: found.quota || 0 } : {};
}

// <… data-offline-app="name" data-library="address">: one store and one loop for the page.
const place = document.querySelector("[data-offline-app]");
if (place && "indexedDB" in window && window.isSecureContext) {
  const app = place.dataset.offlineApp;
  const store = new Store(app, place.dataset.library);
  const loop = new Loop(store, place.dataset.base);
  Object.assign(window.tinhso.offline, { store, loop, space });
  window.tinhso.offline.ready = store.open().then(() => { loop.start(); return { store, loop }; });
  navigator.serviceWorker?.register(`${place.dataset.base}sw.js`, { scope: place.dataset.scope }).catch(() => {});
}
