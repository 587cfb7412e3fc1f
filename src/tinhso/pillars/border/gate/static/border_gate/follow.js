// The driver's position, while he agrees: one each minute while moving, each five minutes while parked, sent in
// batches; without network they wait in the telephone and go later.
const place = document.querySelector("[data-follow]");
const KEY = `follow-${place?.dataset.trip}`;
const MOVING = 60000, PARKED = 300000, MOVED = 0.0005, MOST = 100;
let last = null;
let busy = false;

function waiting() {
  try { return JSON.parse(localStorage.getItem(KEY) || "[]"); } catch { return []; }
}

function keep(pings) {
  try { localStorage.setItem(KEY, JSON.stringify(pings.slice(-1000))); } catch { /* a full store loses positions only */ }
}

function seen(found) {
  const now = Date.now();
  const { latitude: lat, longitude: lon, accuracy } = found.coords;
  const moved = !last || Math.abs(lat - last.lat) + Math.abs(lon - last.lon) > MOVED;
  if (last && now - last.at < (moved ? MOVING : PARKED)) return;
  last = { lat, lon, at: now };
  keep([...waiting(), { seen_at: new Date(now).toISOString(), lat, lon, accuracy_m: Math.min(100000, Math.round(accuracy)) }]);
  send();
}

async function send() {
  const pings = waiting().slice(0, MOST);
  if (!pings.length || busy || !navigator.onLine) return;
  busy = true;
  try {
    const answer = await fetch(place.dataset.follow, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": place.querySelector("[name=csrfmiddlewaretoken]").value },
      body: JSON.stringify({ sent_at: new Date().toISOString(), pings }),
    });
    if (answer.ok || answer.status === 422) keep(waiting().slice(pings.length));
    if (answer.ok && !(await answer.json()).on) stop();
    show(answer.ok);
  } catch { show(false); }
  busy = false;
}

function show(sent) {
  const line = place.querySelector("[data-follow-sent]");
  if (line && sent) { line.hidden = false; line.querySelector("[data-follow-time]").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }); }
}

let watch = null;
function stop() {
  if (watch !== null) navigator.geolocation.clearWatch(watch);
  localStorage.removeItem(KEY);
}

if (place?.dataset.on === "yes" && navigator.geolocation) {
  watch = navigator.geolocation.watchPosition(seen, () => { place.querySelector("[data-follow-off]").hidden = false; }, { enableHighAccuracy: false, maximumAge: 30000 });
  window.addEventListener("online", send);
  setInterval(send, MOVING);
} else if (place) { localStorage.removeItem(KEY); }
