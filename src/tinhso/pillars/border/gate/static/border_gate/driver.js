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
    away = false;
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
