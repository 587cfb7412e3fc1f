// Live updates. <… data-live="topic" data-live-src="/fragment/"> is fetched anew when its topic changes;
// several topics stand with spaces between them; an element with hx-trigger="live" is told instead. Without the live server the same fragments are asked
// for every 15 s (the browser sends the ETag, an unchanged answer costs a few bytes).
const POLL = 15000;
const GRACE = 10000;
const GAP = 1000;
const SPREAD = 400; // many viewers do not come back in the same instant
const root = document.documentElement;
const watched = () => [...document.querySelectorAll("[data-live]")];
const topicsOf = (element) => element.dataset.live.split(" ").filter(Boolean);
const server = document.querySelector('meta[name="live"]')?.content;
const seen = new WeakMap();
let lastWord = Date.now();
let connected = false;
let source = null;

function mark(on) {
  connected = on;
  root.classList.toggle("is-offline", !on);
  document.querySelectorAll("[data-live-status] [data-when]").forEach((part) => {
    part.hidden = (part.dataset.when === "on") !== on;
  });
}

async function refresh(element) {
  if (document.hidden || !element.isConnected) return;
  if ((element.getAttribute("hx-trigger") || "").includes("live") && window.htmx) {
    window.htmx.trigger(element, "live");
    return;
  }
  const address = element.dataset.liveSrc;
  if (!address) return;
  try {
    const answer = await fetch(address, { cache: "no-cache", headers: { "X-Live": "1" } });
    if (!answer.ok) return;
    const text = await answer.text();
    lastWord = Date.now();
    if (seen.get(element) === text) return;
    seen.set(element, text);
    element.innerHTML = text;
    if (window.htmx) window.htmx.process(element);
    element.dispatchEvent(new CustomEvent("live:refreshed", { bubbles: true }));
  } catch { /* the network is away: the next round asks again */ }
}

function soon(element) {
  if (element.dataset.liveWaits) return;
  element.dataset.liveWaits = "1";
  const since = Date.now() - Number(element.dataset.liveAt || 0);
  setTimeout(() => {
    delete element.dataset.liveWaits;
    element.dataset.liveAt = String(Date.now());
    refresh(element);
  }, Math.max(0, GAP - since) + Math.random() * SPREAD);
}

// Of a pushed state: data-field writes a value, data-when-field/-value shows what fits, data-class-field/-value/-name marks it.
function fill(element, state) {
  const found = (path) => path.split(".").reduce((inner, key) => inner?.[key], state) ?? undefined;
  const each = (name, act) => element.querySelectorAll(`[data-${name}]`).forEach((place) => {
    const value = found(place.getAttribute(`data-${name}`));
    if (value !== undefined) act(place, value);
  });
  each("field", (place, value) => { if (place.textContent !== String(value)) place.textContent = value; });
  each("when-field", (place, value) => { place.hidden = place.dataset.whenValue !== String(value); });
  each("class-field", (place, value) => place.classList.toggle(place.dataset.className, place.dataset.classValue === String(value)));
  element.dispatchEvent(new CustomEvent("live:state", { bubbles: true, detail: state }));
}

function listen() {
  const topics = [...new Set(watched().flatMap(topicsOf))].sort();
  if (!topics.length || !server) { if (topics.length) mark(false); return; }
  const place = document.querySelector("[data-live-place]")?.dataset.livePlace;
  const address = `${server}/${topics.join(",")}${place ? `?place=${encodeURIComponent(place)}` : ""}`;
  source = new EventSource(address, { withCredentials: true });
  source.addEventListener("open", () => {
    lastWord = Date.now();
    if (!connected && root.classList.contains("is-offline")) watched().forEach(soon);
    mark(true);
  });
  source.addEventListener("alive", () => { lastWord = Date.now(); });
  source.addEventListener("changed", (event) => {
    lastWord = Date.now();
    const change = JSON.parse(event.data);
    watched().filter((element) => topicsOf(element).includes(change.topic) && concerns(element, change.ids)).forEach(soon);
  });
  source.addEventListener("state", (event) => {
    lastWord = Date.now();
    const { topic, state } = JSON.parse(event.data);
    watched().filter((element) => topicsOf(element).includes(topic)).forEach((element) => fill(element, state));
  });
  source.addEventListener("ended", () => { source.close(); mark(false); });
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, GRACE + Math.random() * GRACE);
  });
}

const concerns = (element, ids) => !ids || !element.dataset.liveId || ids.includes(element.dataset.liveId);

setInterval(() => {
  if (!watched().length) return;
  if (connected && Date.now() - lastWord > 3 * POLL) mark(false);
  if (!connected) watched().forEach(refresh);
}, POLL);
setTimeout(() => { if (!connected && watched().length) mark(false); }, GRACE);
document.addEventListener("visibilitychange", () => { if (!document.hidden && watched().length) watched().forEach(soon); });
window.addEventListener("pagehide", () => source?.close());
window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });

// Ages: <time data-age datetime> counts on by the platform's clock, and goes grey when it is too old.
const told = document.querySelector('meta[name="moment"]');
const loaded = Date.now();
const shown = () => (told ? Date.parse(told.content) + (Date.now() - loaded) * Number(told.dataset.speed || 1) : Date.now());
const UNITS = [["second", 60], ["minute", 60], ["hour", 24], ["day", Infinity]];
const words = new Intl.RelativeTimeFormat(root.lang || "vi", { numeric: "always" });

function age(seconds) {
  let count = Math.max(0, seconds);
  for (const [unit, size] of UNITS) {
    if (count < size) return words.format(-Math.floor(count), unit);
    count /= size;
  }
  return "";
}

function tick() {
  document.querySelectorAll("time[data-age]").forEach((time) => {
    const seconds = (shown() - Date.parse(time.dateTime)) / 1000;
    const limit = Number(time.dataset.staleAfter || 0);
    const stale = limit > 0 && seconds > limit;
    const hour = new Date(time.dateTime).toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
    time.textContent = stale ? `${hour}, ${age(seconds)}` : age(seconds);
    const holder = time.closest("[data-stale-class]");
    if (holder && limit) holder.classList.toggle(holder.dataset.staleClass, stale);
  });
}

function clocks() {
  const now = new Date(shown());
  document.querySelectorAll("[data-clock]").forEach((clock) => {
    clock.textContent = now.toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit", timeZone: clock.dataset.clock });
  });
}

setInterval(() => { tick(); clocks(); }, 1000);
tick();
listen();
window.tinhso = Object.assign(window.tinhso || {}, { moment: () => new Date(shown()) });
