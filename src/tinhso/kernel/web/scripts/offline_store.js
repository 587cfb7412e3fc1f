// What a device keeps for an app that works without network: its identity, the signed list, the outbox, photographs.
// Everything stands in one IndexedDB; an event gets its number in the same transaction that stores it, so no number is
// given twice and none is lost, whatever closes the page.
const JUMP = 120000;
const BATCH = 20; // an answer comes soon, also on a slow line
const KEPT_SENT = 259200000; // 72 h: what was sent stays for a while, so that a code used here is known
const PHOTOS_AT_MOST = 2147483648;
const text = new TextEncoder();

const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (value) => Uint8Array.from(value.match(/../g) || [], (pair) => parseInt(pair, 16));
const to64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const from64 = (value) => Uint8Array.from(atob(value), (sign) => sign.charCodeAt(0));
const sha256 = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

// Ed25519 by the browser itself, else by the library whose address the page names.
let native = null;
async function verify(bytes, signature, publicHex, library) {
  if (native !== false) {
    try {
      const key = await crypto.subtle.importKey("raw", unhex(publicHex), { name: "Ed25519" }, false, ["verify"]);
      native = true;
      return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, bytes);
    } catch (fault) {
      if (native) throw fault;
      native = false;
    }
  }
  const noble = await import(library);
  return noble.verifyAsync(signature, bytes, unhex(publicHex));
}

async function versionOf(digests) {
  const lines = [...digests.keys()].sort().map((key) => `${key} ${digests.get(key)}`);
  return sha256(text.encode(lines.join("\n")));
}

function database(app) {
  return window.idb.openDB(`tinhso-${app}`, 1, {
    upgrade(db) {
      db.createObjectStore("meta");
      db.createObjectStore("entries");
      db.createObjectStore("outbox", { keyPath: "seq" });
      db.createObjectStore("photos", { keyPath: "digest" });
    },
  });
}

class Store {
  constructor(app, library) {
    this.app = app;
    this.library = library;
    this.meta = {};
    this.entries = new Map();
    this.digests = new Map();
    this.events = [];
    this.skewed = false;
    this.refused = 0;
    this.photosAtMost = PHOTOS_AT_MOST;
  }

  async open() {
    this.db = await database(this.app);
    await this.load();
    const last = this.meta.wall || 0;
    // A clock that stands before the last moment seen was set back while the page was closed.
    if (Date.now() < last - JUMP) this.skewed = true;
    this.tick();
    setInterval(() => this.tick(), 1000);
    document.addEventListener("visibilitychange", () => { this.mark = null; });
    return this;
  }

  async load() {
    const keys = await this.db.getAllKeys("meta");
    const values = await this.db.getAll("meta");
    this.meta = Object.fromEntries(keys.map((key, place) => [key, values[place]]));
    const codes = await this.db.getAllKeys("entries");
    const found = await this.db.getAll("entries");
    this.entries = new Map(codes.map((code, place) => [code, found[place][1]]));
    this.digests = new Map(codes.map((code, place) => [code, found[place][0]]));
    this.events = await this.db.getAll("outbox");
  }

  // Between two ticks of a visible page the wall clock and the monotonic one go on alike; if not, somebody set the clock.
  tick() {
    const now = { wall: Date.now(), mono: performance.now() };
    if (this.mark && document.visibilityState === "visible") {
      const drift = now.wall - this.mark.wall - (now.mono - this.mark.mono);
      if (Math.abs(drift) > JUMP) this.skewed = true;
    }
    this.mark = now;
    if (!this.noted || now.wall - this.noted > 30000) {
      this.noted = now.wall;
      this.set({ wall: now.wall });
    }
  }

  now() { return Date.now() + (this.meta.offset || 0); }
  unsent() { return this.events.filter((one) => !one.sent); }
  isEnrolled() { return Boolean(this.meta.device) && !this.meta.wiped; }
  spent() { return this.events.filter((one) => one.use).map((one) => one.use); }

  async set(values) {
    Object.assign(this.meta, values);
    const work = this.db.transaction("meta", "readwrite");
    await Promise.all(Object.entries(values).map(([key, value]) => work.store.put(value, key)));
    await work.done;
  }

  // The server's clock: ours is put right by what it says, half-way of the question's time.
  async setClock(serverNow, asked, answered) {
    const offset = Math.round(Date.parse(serverNow) - (asked + answered) / 2);
    const before = this.meta.offset;
    const jumped = before !== undefined && Math.abs(offset - before) > JUMP;
    if (jumped || this.skewed) await this.doubt();
    await this.set({ offset });
    this.skewed = false;
    this.mark = null;
  }

  // Events recorded by a clock that was found wrong: a person looks at them.
  async doubt() {
    const work = this.db.transaction("outbox", "readwrite");
    for (const one of this.unsent()) {
      one.doubtful = true;
      await work.store.put(one);
    }
    await work.done;
  }

  async record(kind, payload, more = {}) {
    const work = this.db.transaction(["meta", "outbox"], "readwrite");
    const seq = (await work.objectStore("meta").get("seq")) || 1;
    const event = {
      seq,
      id: crypto.randomUUID(),
      kind,
      officer: this.meta.duty.officer,
      occurred_at: new Date(this.now()).toISOString(),
      offset: this.meta.offset,
      payload: { ...payload, list_at: this.meta.listAt },
      sent: false,
      ...more,
    };
    await work.objectStore("outbox").put(event);
    await work.objectStore("meta").put(seq + 1, "seq");
    await work.done;
    this.meta.seq = seq + 1;
    this.events.push(event);
    return event;
  }

  batch() {
    return this.unsent().slice(0, BATCH).map(({ seq, id, kind, officer, occurred_at, payload, doubtful }) => ({
      seq, id, kind, officer, occurred_at, payload, doubtful: Boolean(doubtful),
    }));
  }

  async acknowledge(results) {
    const told = new Map(results.map((one) => [one.id, one]));
    const old = this.now() - KEPT_SENT;
    const work = this.db.transaction("outbox", "readwrite");
    for (const one of this.events) {
      const result = told.get(one.id);
      if (result) {
        Object.assign(one, { sent: true, state: result.state, code: result.code });
        await work.store.put(one);
      } else if (one.sent && Date.parse(one.occurred_at) < old) {
        await work.store.delete(one.seq);
      }
    }
    await work.done;
    this.events = this.events.filter((one) => !one.sent || Date.parse(one.occurred_at) >= old);
  }

  // Put a signed list or change in; true when the device then holds what was meant.
  async take(list) {
    const key = (this.meta.keys || {})[list.key];
    if (!key || !(await verify(text.encode(list.body), from64(list.signature), key, this.library))) return false;
    const told = JSON.parse(list.body);
    if (told.app !== this.app || told.device !== this.meta.device) return false;
    if (this.meta.listAt && Date.parse(told.at) < Date.parse(this.meta.listAt)) return false;
    if (told.base && told.base !== this.meta.version) return false;
    const work = this.db.transaction(["entries", "meta"], "readwrite");
    const entries = work.objectStore("entries");
    if (!told.base) await entries.clear();
    for (const code of told.gone) entries.delete(code);
    for (const [code, pair] of Object.entries(told.changed)) entries.put(pair, code);
    const known = { version: told.version, listAt: told.at, common: told.common, keys: told.common.keys };
    for (const [name, value] of Object.entries(known)) work.objectStore("meta").put(value, name);
    await work.done;
    await this.load();
    const whole = (await versionOf(this.digests)) === told.version;
    if (!whole) await this.set({ version: "" });
    return whole;
  }

  // The device was locked: it forgets what it knew. What was not sent stays, it is of use to nobody else.
  async wipe() {
    const work = this.db.transaction(["entries", "meta"], "readwrite");
    await work.objectStore("entries").clear();
    for (const name of ["version", "listAt", "common", "duty", "shift"]) work.objectStore("meta").delete(name);
    work.objectStore("meta").put(true, "wiped");
    await work.done;
    await this.load();
  }

  // The picture's digest. Throws QuotaExceededError when the device has no room left for photographs.
  async keepPhoto(blob) {
    const digest = await sha256(await blob.arrayBuffer());
    const kept = (await this.db.getAll("photos")).reduce((sum, one) => sum + one.blob.size, 0);
    if (kept + blob.size > this.photosAtMost) throw new DOMException("no room for photographs", "QuotaExceededError");
    await this.db.put("photos", { digest, blob, sent: false });
    return digest;
  }

  // How many photographs are kept here, and how many of them the server will not take.
  async photosLeft() {
    return { waiting: await this.db.count("photos"), refused: this.refused };
  }
}

window.tinhso = Object.assign(window.tinhso || {}, { offline: { Store, verify, versionOf, sha256, hex, to64, from64 } });
