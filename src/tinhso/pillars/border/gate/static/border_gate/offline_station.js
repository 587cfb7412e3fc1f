// The station without network: type or scan, read one card, tap once. It decides from the list on the device
// (offline_rules.js), keeps what was done in the outbox, and never waits for the network. The barrier's own screen is
// here; a device of a force or a yard shows that screen instead (offline_force.js, offline_yard.js).
(() => {
  "use strict";
  const rules = globalThis.borderGateRules;
  const offline = window.tinhso.offline;
  const kept = JSON.parse(document.getElementById("kept").textContent);
  const said = JSON.parse(document.getElementById("said").textContent);
  const find = (name, within = document) => within.querySelector(`[data-${name}]`);
  const main = find("main");
  const clock = (moment, more = {}) => new Date(moment).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh", ...more });
  const AFTER = { enter_buffer: "at_buffer", arrive: "arrived", yard_in: "in_yard", cross_in: "crossed_in", cross_out: "crossed_out", leave_inland: "completed" };
  const NOTED = ["BG-007", "BG-015", "BG-016", "BG-020", "BG-021", "BG-022", "BG-023", "BG-024", "BG-026", "BG-205", "BG-210"];
  const SHOWN = 5;
  let store;
  let loop;
  let shown = "";

  const part = (id) => document.getElementById(id).content.cloneNode(true);
  const show = (id) => main.replaceChildren(part(id));

  // What was done here and is not in the list yet lies over the list.
  function entryOf(trip) {
    const entry = store.entries.get(trip);
    if (!entry) return null;
    const listed = Date.parse(store.meta.listAt);
    const later = store.events.filter((one) => one.kind === "pass" && one.payload.trip === trip && (!one.sent || Date.parse(one.occurred_at) > listed));
    return later.reduce((now, one) => ({ ...now, s: AFTER[one.payload.step], ci: one.payload.step === "cross_in" ? 1 : now.ci }), entry);
  }

  const tripOf = (plate) => [...store.entries].find(([, entry]) => entry.p === plate)?.[0];
  const spot = () => store.meta.common.spots.find((one) => one.code === store.meta.spot) || store.meta.common.spots[0];
  const seconds = (moment) => Math.floor(moment / 1000);

  function situation(more) {
    const { common, duty, listAt } = store.meta;
    return {
      barrier: spot().code, kind: spot().kind, at: seconds(store.now()), list_at: seconds(Date.parse(listAt)), table: common.table,
      hours: common.hours, direct: common.direct, by_buffer: common.by_buffer, slot: common.slot, steps: duty.steps, radio: false, by_code: false, nonce: "", used: store.spent(), ...more,
    };
  }

  // The verdict on what was typed or scanned; `asked` is what a tap then records.
  async function ask(typed, radio) {
    if (!rules.isCode(typed)) {
      const plate = rules.normalise(typed);
      const trip = tripOf(plate);
      return { ...rules.decide(trip ? entryOf(trip) : null, situation({ radio })), plate, trip, entry: trip && entryOf(trip) };
    }
    const token = rules.readToken(typed);
    const key = token && store.meta.common.keys[token.key];
    if (!key || !(await offline.verify(token.body, token.signature, key, store.library))) return { open: false, step: "", code: "BG-020", qr: typed };
    const entry = entryOf(token.trip);
    const found = { plate: entry ? entry.p : "", trip: token.trip, entry, qr: typed, nonce: token.nonce };
    if (seconds(store.now()) > token.until) return { open: false, step: "", code: "BG-021", until: token.until, ...found };
    const here = situation({ radio, by_code: true, nonce: token.nonce, used: store.spent().filter((one) => one[4] === token.nonce) });
    return { ...rules.decide(entry, here), ...found };
  }

  function sentence(answer) {
    const used = answer.code === "BG-022" && store.spent().filter((one) => one[4] === answer.nonce).at(-1);
    const facts = {
      t: answer.until ? clock(answer.until * 1000, { day: "2-digit", month: "2-digit" }) : used ? clock(used[3] * 1000) : "…",
      point: spot().name, f: answer.entry?.h || "…", reason: said.held, n: Math.floor((store.now() - Date.parse(store.meta.listAt)) / 60000),
      event: kept.steps[answer.step] || answer.step, state: kept.states[answer.entry?.s] || "…", dir: "", next: "…", d: answer.entry?.dp || "…",
    };
    return (kept.codes[answer.code] || answer.code).replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "…");
  }

  // The screen of whatever the device was set up for; none for a barrier.
  const screens = new Map();
  function screen() {
    const make = store.meta.common && window.tinhso.borderGateScreens[spot().kind];
    if (make && !screens.has(spot().code)) screens.set(spot().code, make(kit));
    return make && screens.get(spot().code);
  }

  const kit = {
    kept, said, part, find, main, show, clock, seconds, spot: () => spot(), store: () => store, loop: () => loop,
    again: () => again(), refresh: () => refresh(), button: (...told) => button(...told), pictures: (files) => pictures(files), answerTo: (typed) => answerTo(typed),
  };

  // What the list knows of a vehicle that is in the yard still, in the order in which it is done, each with what its
  // driver is told; the server says the same with names and amounts (queries/missing.py).
  function left(answer) {
    const entry = answer.entry;
    if (answer.code !== "BG-023" || entry?.s !== "in_yard") return [];
    const all = [
      entry.u[0] ? [`${entry.h || "…"}: ${said.held}`, "counter", entry.h] : null,
      entry.b ? [said.aboard.replace("{n}", entry.b.toLocaleString("vi-VN")), "unload"] : null,
      ...(entry.o || []).map((force) => [said.notPassed.replace("{f}", force), "counter", force]),
      ["paid", "waived", "deferred", "not_owed"].includes(entry.f) ? null : [said.unpaid, "pay"],
    ].filter(Boolean);
    return all.length ? all : [[said.release, "wait"]];
  }

  function tell(answer, [, name, force], box) {
    const words = (language) => language[name].replace("{f}", force || "…");
    find("say-row", box).hidden = false;
    find("say", box).textContent = words(said.say);
    find("say-zh", box).textContent = /[^ -~]/.test(answer.entry.p) ? words(said.sayZh) : "";
  }

  function button(words, main_, act, stays = false) {
    const made = part("action").firstElementChild;
    made.textContent = words;
    if (stays) made.classList.remove("action--tall");
    made.classList.toggle("action--main", main_);
    made.addEventListener("click", act, { once: true });
    return made;
  }

  function card(answer, typed, done) {
    const piece = part("card");
    const box = piece.querySelector(".decision");
    const radio = answer.code === "BG-332";
    box.classList.toggle("decision--open", answer.open);
    box.classList.toggle("decision--wait", radio);
    find(answer.open ? "icon-open" : radio ? "icon-wait" : "icon-stop", box).hidden = false;
    find("verdict", box).textContent = done ? said.opened : answer.open ? said.mayOpen : radio ? said.radio : said.notOpen;
    find("plate", box).textContent = answer.plate ? rules.showPlate(answer.plate) : said.noPlate;
    find("goods", box).textContent = answer.entry ? [answer.entry.gt, answer.entry.kg ? `${answer.entry.kg.toLocaleString("vi-VN")} kg` : ""].filter(Boolean).join(", ") : "";
    find("driver", box).textContent = answer.entry?.di ? `${said.driver} ${answer.entry.di}` : "";
    find("why-label", box).textContent = answer.open ? said.step : said.missing;
    const [first, ...others] = left(answer);
    find("why", box).textContent = answer.open ? kept.steps[answer.step] : first ? first[0] : sentence(answer);
    find("why-more", box).textContent = answer.open ? answer.trip : [...others.map(([what]) => what), answer.code].filter(Boolean).join(" · ");
    wanted(answer, box);
    if (first) tell(answer, first, box);
    where(answer, find("where", box));
    find("photo-place", box).hidden = !answer.open || Boolean(done);
    actions(answer, typed, done, find("actions", box));
    main.replaceChildren(piece);
    main.querySelector(".decision__actions .action--main")?.focus();
  }

  // A force wants to see the vehicle: said whether the barrier opens or not, and of one that is not declared as well.
  function wanted(answer, box) {
    const force = answer.entry?.w || store.meta.common.wanted?.[answer.plate];
    find("wanted-row", box).hidden = !force;
    find("wanted", box).textContent = force || "";
  }

  function actions(answer, typed, done, place) {
    if (done) place.append(button(said.next, true, again));
    else if (answer.open) place.append(...areas(answer), button(said.open, true, () => pass(answer, typed)));
    else if (answer.code === "BG-332") {
      place.append(part("radio"));
      find("radio", place).addEventListener("change", () => answerTo(typed, true));
    } else {
      place.append(button(said.next, true, again));
      if (answer.code === "BG-209") place.append(button(said.undeclared, false, undeclared));
    }
  }

  // One choice where there are several holding areas: that of the vehicle before, else the one with most room.
  function areas(answer) {
    const open = store.meta.duty.areas || [];
    if (answer.step !== "enter_buffer" || open.length < 2) return [];
    const piece = part("area").firstElementChild;
    const kept = open.some((one) => one.code === store.meta.area) ? store.meta.area : open[0].code;
    find("area", piece).replaceChildren(...open.map((one) => new Option(one.name, one.code, false, one.code === kept)));
    return [piece];
  }

  // Into a holding area: the only one, or the one that is chosen below.
  function where(answer, place) {
    const open = (answer.open && answer.step === "enter_buffer" && store.meta.duty.areas) || [];
    place.textContent = (open.length === 1 && open[0].name) || answer.entry?.y || said.ask;
    place.closest(".decision__row").hidden = open.length > 1;
  }

  function areaOf(step) {
    const open = store.meta.duty.areas || [];
    if (step !== "enter_buffer" || !open.length) return "";
    return open.length > 1 ? find("area", main)?.value || "" : open[0].code;
  }

  function again() {
    shown = "";
    const box = document.getElementById("code");
    box.value = "";
    if (screen()) screen().home();
    else show("empty-ready");
    box.focus({ preventScroll: true });
  }

  async function answerTo(typed, radio = false) {
    if (!typed || store.skewed || !ready()) return;
    if (screen()) { await screen().answerTo(typed); refresh(); return; }
    const answer = { ...(await ask(typed, radio)), radio };
    if (NOTED.includes(answer.code) && shown !== typed) await refused(answer);
    shown = typed;
    card(answer, typed, false);
    refresh();
  }

  const told = (answer) => ({ barrier: spot().code, trip: answer.trip || "", plate: answer.plate || "", step: answer.step, ...(answer.qr ? { qr: answer.qr } : {}) });

  async function refused(answer) {
    await store.record("refused", { ...told(answer), code: answer.code });
    loop.run();
  }

  async function pass(answer, typed) {
    const area = areaOf(answer.step);
    const sure = { ...(await ask(typed, answer.radio)), radio: answer.radio };
    if (!sure.open) { card(sure, typed, false); return; }
    const shots = await pictures(find("photo", main)?.files || []);
    if (!Array.isArray(shots)) { card(sure, typed, false); tell("photo-wrong", shots); return; }
    const use = sure.nonce ? { use: [spot().code, sure.step, sure.entry.g, seconds(store.now()), sure.nonce] } : {};
    await store.record("pass", { ...told(sure), ...(sure.radio ? { radio: true } : {}), ...(area ? { area } : {}), ...named(shots) }, use);
    if (area) await store.set({ area });
    card(sure, typed, true);
    const box = document.getElementById("code");
    box.value = "";
    shown = "";
    refresh();
    loop.run();
  }

  function undeclared() {
    const plate = rules.normalise(document.getElementById("code").value);
    if (!plate || rules.isCode(plate) || !ready()) { document.getElementById("code").focus(); return; }
    const piece = part("undeclared");
    find("plate", piece).textContent = rules.showPlate(plate);
    find("note", piece).addEventListener("submit", (event) => { event.preventDefault(); note(plate, new FormData(event.target)); });
    main.replaceChildren(piece);
    main.scrollIntoView({ block: "nearest" });
  }

  async function note(plate, typed) {
    const special = typed.get("special") === "1";
    const shots = await pictures(typed.getAll("photo"));
    if (!Array.isArray(shots)) { tell("note-wrong", shots); return; }
    if (special && !shots.length) { tell("note-wrong", kept.codes["BG-442"]); return; }
    await store.record("undeclared", { barrier: spot().code, plate, phone: typed.get("phone"), goods: typed.get("goods"), ...(special ? { special } : {}), ...named(shots) });
    again();
    refresh();
    loop.run();
  }

  // Digests of the pictures, which are kept here from now on; words instead when they cannot be.
  async function pictures(files) {
    const digests = [];
    try {
      for (const file of files) if (file.size) digests.push(await digestOf(file));
    } catch (fault) {
      return fault.name === "QuotaExceededError" ? said.photosFull : said.photoBroken;
    }
    return digests;
  }

  const named = (digests) => (digests.length ? { photo: digests[0], photos: digests } : {});

  function tell(name, words) {
    const note_ = find(name, main);
    note_.hidden = !words;
    note_.textContent = words;
  }

  // Made small before it is kept: a plate can be read at 1600 pixels.
  async function digestOf(file) {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
    const canvas = new OffscreenCanvas(Math.round(picture.width * scale), Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    return store.keepPhoto(await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 }));
  }

  const TONES = { applied: ["done", "sent"], recorded: ["stop", "kept"], waiting: ["attn", "waits"], stored: ["wait", "unsent"] };

  function line(event) {
    const piece = part("row");
    find("at", piece).textContent = clock(event.occurred_at);
    find("plate", piece).textContent = event.payload.plate ? rules.showPlate(event.payload.plate) : "QR";
    const [tone, word] = event.sent ? TONES[event.state] || ["done", "sent"] : ["wait", "unsent"];
    const state = find("state", piece);
    state.classList.add(`state--${event.payload.code && !event.sent ? "stop" : tone}`);
    state.textContent = event.payload.code && !event.payload.desk ? event.payload.code : said[word];
    return piece;
  }

  const ready = () => Boolean(store.isEnrolled() && store.meta.duty && store.meta.listAt && store.meta.common);

  function refresh() {
    const here = ready();
    find("ask").hidden = !here;
    find("undeclared-place").hidden = !here || Boolean(screen());
    if (here) find("network-screen").href = find("network-screen").dataset[spot().kind] || find("network-screen").dataset.barrier;
    find("skewed").hidden = !store.skewed;
    find("officer").textContent = store.meta.duty?.name || "";
    find("now").textContent = clock(store.now());
    const waits = store.events.filter((one) => one.state === "waiting").length;
    find("waits").hidden = !waits;
    find("waits-count").textContent = waits;
    photosLeft();
    find("log").replaceChildren(...store.events.slice(-SHOWN).reverse().map(line));
    if (here) {
      find("place").textContent = `${spot().name}, ${spot().place}`;
      find("spots").hidden = store.meta.common.spots.length < 2;
    }
  }

  function spots() {
    const box = find("spot");
    box.replaceChildren(...store.meta.common.spots.map((one) => new Option(one.name, one.code, false, one.code === spot().code)));
    box.onchange = async () => { await store.set({ spot: box.value }); again(); refresh(); };
  }

  async function photosLeft() {
    const { waiting, refused } = await store.photosLeft();
    const note_ = find("photos-left");
    note_.hidden = !waiting;
    note_.textContent = [said.photosWait.replace("{n}", waiting), refused ? said.photosRefused.replace("{n}", refused) : ""].filter(Boolean).join(" ");
  }

  async function space() {
    const found = await offline.space();
    if (!found.quota) return;
    const mega = (value) => Math.round(value / 1048576).toLocaleString("vi-VN");
    find("space").textContent = said.space.replace("{a}", mega(found.used)).replace("{b}", mega(found.quota));
  }

  async function setUp() {
    const who = await loop.me();
    if (!who) { show("empty-alone"); return; }
    if (!who.name || !who.spots.length) { show(who.name ? "empty-alone" : "empty-sign-in"); return; }
    const piece = part("enrol");
    find("choices", piece).append(...who.spots.map((one) => {
      const label = Object.assign(document.createElement("label"), { className: "offline-choice" });
      label.append(Object.assign(document.createElement("input"), { type: "checkbox", name: "spot", value: one.code }), `${one.title}, ${one.place}`);
      return label;
    }));
    alone(piece, who.spots);
    find("enrol", piece).addEventListener("submit", (event) => { event.preventDefault(); enrol(event.target, who.csrf); });
    main.replaceChildren(piece);
  }

  // A device is of one force or of one yard alone; several barriers may go together.
  function alone(piece, known) {
    const desks = known.filter((one) => window.tinhso.borderGateScreens[one.kind]).map((one) => one.code);
    piece.querySelectorAll("[name=spot]").forEach((box) => box.addEventListener("change", () => {
      if (!box.checked) return;
      piece.querySelectorAll("[name=spot]").forEach((other) => {
        if (other !== box && (desks.includes(box.value) || desks.includes(other.value))) other.checked = false;
      });
    }));
    if (known.length === 1) piece.querySelector("[name=spot]").checked = true;
  }

  async function enrol(form, csrf) {
    const typed = new FormData(form);
    const wrong = await loop.enrol(typed.get("name"), typed.getAll("spot"), csrf);
    const note_ = find("wrong", form);
    note_.hidden = wrong === null;
    note_.textContent = wrong || said.failed;
    if (wrong === null) begin();
  }

  async function begin() {
    refresh();
    space();
    if (store.meta.wiped) { show("empty-locked"); return; }
    if (!store.isEnrolled()) { await setUp(); return; }
    if (!store.meta.duty) await loop.run();
    if (!ready()) { show("empty-sign-in"); return; }
    spots();
    again();
    const carried = new URLSearchParams(location.search).get("xe");
    if (carried) { document.getElementById("code").value = carried; await answerTo(carried); }
  }

  find("ask").addEventListener("submit", (event) => { event.preventDefault(); answerTo(document.getElementById("code").value.trim()); });
  find("undeclared").addEventListener("click", undeclared);
  find("camera").addEventListener("click", () => scan().catch(() => document.getElementById("code").focus()));

  async function scan() {
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    const video = Object.assign(document.createElement("video"), { className: "station-camera", srcObject: stream, playsInline: true });
    find("ask").append(video);
    await video.play();
    const until = performance.now() + 20000;
    while (performance.now() < until) {
      const found = await detector.detect(video);
      if (found.length) { await answerTo(found[0].rawValue); break; }
      await new Promise((next) => setTimeout(next, 200));
    }
    stream.getTracks().forEach((track) => track.stop());
    video.remove();
  }

  offline.ready?.then((made) => {
    ({ store, loop } = made);
    let was = store.meta.wiped;
    loop.onChange(() => {
      refresh();
      if (store.meta.wiped && !was) { was = true; show("empty-locked"); }
    });
    setInterval(refresh, 10000);
    begin();
  });
})();
