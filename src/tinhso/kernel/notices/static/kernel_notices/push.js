// Notices on this machine: asked for with one tap, given up with one tap. The page's worker shows them.
const box = document.querySelector("[data-push]");

function bytes(text) {
  const whole = atob(text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "="));
  return Uint8Array.from(whole, (one) => one.charCodeAt(0));
}

function show(state) {
  box.hidden = false;
  box.querySelectorAll("[data-push-says]").forEach((line) => { line.hidden = line.dataset.pushSays !== state; });
  box.querySelector('[data-push-do="on"]').hidden = state === "on";
  box.querySelector('[data-push-do="off"]').hidden = state !== "on";
}

async function tell(address, said) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": box.querySelector("[name=csrfmiddlewaretoken]").value },
    body: JSON.stringify(said),
  });
  return answer.ok && (await answer.json()).on;
}

async function subscription() {
  const worker = await navigator.serviceWorker.register(box.dataset.pushWorker);
  return [worker, await worker.pushManager.getSubscription()];
}

async function begin() {
  if ((await Notification.requestPermission()) !== "granted") return show("denied");
  const [worker, before] = await subscription();
  await before?.unsubscribe(); // it may be for a key that holds no longer
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.push) });
  return show((await tell(box.dataset.pushOn, made.toJSON())) ? "on" : "off");
}

async function end() {
  const [, made] = await subscription();
  if (made) {
    await tell(box.dataset.pushOff, { endpoint: made.endpoint });
    await made.unsubscribe();
  }
  show("off");
}

// What was asked for here before: a driver's next link goes on with it, at a desk it holds for the same person only.
async function look() {
  const [, made] = await subscription();
  if (!made) return show("off");
  const follows = box.dataset.pushFollows !== undefined && Notification.permission === "granted";
  const on = follows ? await tell(box.dataset.pushOn, made.toJSON()) : await tell(box.dataset.pushAsk, { endpoint: made.endpoint });
  if (!on) await made.unsubscribe();
  return show(on ? "on" : "off");
}

if (box && "serviceWorker" in navigator && "PushManager" in window && window.isSecureContext) {
  box.addEventListener("click", (event) => {
    const wish = event.target.closest("[data-push-do]")?.dataset.pushDo;
    if (wish) (wish === "on" ? begin : end)().catch(() => show("off"));
  });
  look().catch(() => show(Notification.permission === "denied" ? "denied" : "off"));
}
