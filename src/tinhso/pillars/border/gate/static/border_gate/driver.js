// The driver's page: kept for barriers without network, asked again every 30 s for the place in the queue, and a
// shake when the call comes.
const root = document.documentElement;
const script = document.currentScript || document.querySelector("script[data-worker]");
const POLL = 30000;
const seen = new WeakMap();
let away = root.dataset.kept !== undefined;
let called = document.querySelector("[data-called]")?.dataset.called;

if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register(script.dataset.worker).catch(() => {});
}

function show() {
  document.querySelectorAll("[data-kept]:not(html)").forEach((line) => { line.hidden = !away; });
  document.querySelectorAll("[data-fresh]").forEach((part) => { part.hidden = away; });
}

function shake() {
  const now = document.querySelector("[data-called]")?.dataset.called;
  if (now && now !== called) {
    navigator.vibrate?.([400, 200, 400, 200, 400]);
    window.scrollTo({ top: 0 });
  }
  called = now;
}

async function refresh(part) {
  try {
    const answer = await fetch(part.dataset.liveSrc, { cache: "no-cache", headers: { "X-Live": "1" } });
    away = answer.status >= 500;
    if (!answer.ok) return;
    const text = await answer.text();
    if (seen.get(part) !== text) part.innerHTML = text;
    seen.set(part, text);
  } catch { away = true; }
}

async function round() {
  if (document.hidden) return;
  for (const part of document.querySelectorAll("[data-part]")) await refresh(part);
  shake();
  show();
}

document.addEventListener("live:refreshed", () => { away = false; shake(); show(); });
window.addEventListener("online", round);
window.addEventListener("offline", () => { away = true; show(); });
setInterval(round, POLL);
show();
if (away) round();

// The code for the line: worked out here each minute from the key in the page, also without network (RFC 6238).
const STEP = 60;

async function lineCode() {
  const card = document.querySelector("[data-line-code]");
  if (!card) return;
  if (card.dataset.at === undefined) card.dataset.at = String(performance.now());
  const seconds = (Number(card.dataset.now) + performance.now() - Number(card.dataset.at)) / 1000;
  card.querySelector("progress").value = STEP - (seconds % STEP);
  const step = Math.floor(seconds / STEP);
  if (card.dataset.step === String(step) || !window.crypto?.subtle) return;
  card.dataset.step = String(step);
  const bytes = Uint8Array.from(atob(card.dataset.lineCode), (one) => one.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, counter.buffer));
  const number = mac.getUint32(mac.getUint8(31) & 15) & 0x7fffffff;
  card.querySelector("[data-line-digits]").textContent = String(number % 10000).padStart(4, "0");
}

setInterval(lineCode, 1000);
lineCode();
