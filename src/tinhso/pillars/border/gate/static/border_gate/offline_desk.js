// What the screens of forces and yards share: which vehicle was typed, scanned or tapped, rows to tap, forms with a
// photograph, sentences of refusals. The screens themselves are offline_force.js and offline_yard.js.
(() => {
  "use strict";
  const rules = globalThis.borderGateRules;
  const offline = window.tinhso.offline;
  const MINUTE = 60;
  const ROWS = 40;

  // `kit`: what the station lends its screens.
  function desk(kit) {
    const { kept, said, part, find } = kit;
    const store = () => kit.store();

    // What was done here and is not in the list yet lies over the list.
    function laid(trip, over) {
      const entry = store().entries.get(trip);
      if (!entry) return null;
      const listed = Date.parse(store().meta.listAt);
      const later = store().events.filter((one) => one.payload.trip === trip && (!one.sent || Date.parse(one.occurred_at) > listed));
      return later.reduce(over, entry);
    }

    const all = (over) => [...store().entries.keys()].map((trip) => [trip, laid(trip, over)]);
    const tripOf = (plate) => [...store().entries].find(([, entry]) => entry.p === plate)?.[0];

    // Which vehicle is meant; `code` when a QR is none of ours or has run out.
    async function vehicle(typed, over) {
      if (store().entries.has(typed)) return { trip: typed, entry: laid(typed, over), by_code: false, nonce: "" };
      if (!rules.isCode(typed)) {
        const plate = rules.normalise(typed);
        const trip = tripOf(plate);
        return { plate, trip, entry: trip ? laid(trip, over) : null, by_code: false, nonce: "" };
      }
      const token = rules.readToken(typed);
      const key = token && store().meta.common.keys[token.key];
      if (!key || !(await offline.verify(token.body, token.signature, key, store().library))) return { code: "BG-020", entry: null, by_code: true, nonce: "" };
      const found = { trip: token.trip, entry: laid(token.trip, over), by_code: true, nonce: token.nonce };
      return kit.seconds(store().now()) > token.until ? { ...found, code: "BG-021", until: token.until } : found;
    }

    function sentence(code, facts = {}) {
      const told = { point: kit.spot().name, f: kit.spot().name, y: kit.spot().name, ...facts };
      return (kept.codes[code] || code).replace(/\{(\w+)\}/g, (_, name) => told[name] ?? "…");
    }

    const words = (text, facts) => Object.entries(facts).reduce((done, [name, value]) => done.replace(`{${name}}`, value), text);

    const capital = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

    function due(seconds) {
      if (!seconds) return "";
      const left = Math.round((seconds - kit.seconds(store().now())) / MINUTE);
      return left < 0 ? words(said.late, { n: -left }) : words(said.left, { n: left });
    }

    // The desk's vehicles, each a row to tap.
    function home(title, lines) {
      if (!lines.length) { kit.show("empty-ready"); return; }
      const piece = part("desk-home");
      find("title", piece).textContent = title;
      find("rows", piece).append(...lines.slice(0, ROWS).map(({ trip, plate, more, note, tone }) => {
        const row = part("desk-row").firstElementChild;
        find("open", row).addEventListener("click", () => kit.answerTo(trip));
        find("plate", row).textContent = plate;
        find("more", row).textContent = more;
        find("note", row).textContent = note;
        if (tone) find("note", row).classList.add(`state--${tone}`);
        return row;
      }));
      kit.main.replaceChildren(piece);
    }

    // The card of one vehicle: its rows and buttons are the screen's own.
    function card({ tone, verdict, plate, goods, driver, rows }) {
      const piece = part("desk-card");
      const box = piece.querySelector(".desk-card");
      box.classList.add(`desk-card--${tone}`);
      find(`icon-${tone}`, box).hidden = false;
      find("verdict", box).textContent = verdict;
      find("plate", box).textContent = plate;
      find("goods", box).textContent = goods;
      find("driver", box).textContent = driver;
      find("facts", box).append(...rows.filter(([, value]) => value).flatMap(([name, value]) => [
        Object.assign(document.createElement("dt"), { textContent: name }),
        Object.assign(document.createElement("dd"), { textContent: value }),
      ]));
      return box;
    }

    function refuse(found, code, typed) {
      const facts = { n: Math.floor((store().now() - Date.parse(store().meta.listAt)) / 60000), t: found.until ? kit.clock(found.until * 1000) : "…" };
      const plate = found.plate || found.entry?.p || "";
      const box = card({ tone: "stop", verdict: sentence(code, facts), plate: plate ? rules.showPlate(plate) : said.noPlate, goods: code, driver: "", rows: [] });
      find("actions", box).append(kit.button(said.next, true, kit.again));
      kit.main.replaceChildren(box);
      box.querySelector(".action--main").focus();
    }

    // A form with reasons, words and a photograph; `send` gets what was typed and answers with a refusal's code or "".
    function reasonForm(title, reasons, verb, send, back) {
      const form = part("desk-reason").firstElementChild;
      find("title", form).textContent = title;
      find("reasons", form).append(...reasons.map(([code, vi, en]) => new Option(kept.language === "vi" ? vi : en, code)));
      find("send", form).textContent = verb;
      find("back", form).addEventListener("click", back);
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const typed = new FormData(form);
        const code = await send({ reason: typed.get("reason"), reason_code: typed.get("reason_code") }, typed.getAll("photo"));
        wrong(form, code);
      });
      return form;
    }

    // A form for the photographs that an inspection wants, and for what became of the seal of a `sealed` vehicle.
    function photoForm(title, verb, sealed, send, back) {
      const form = part("desk-photos").firstElementChild;
      find("sealed", form).hidden = !sealed;
      find("title", form).textContent = title;
      find("send", form).textContent = verb;
      find("back", form).addEventListener("click", back);
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const typed = new FormData(form);
        wrong(form, await send(typed.getAll("photo"), { seal_no: typed.get("seal_no"), seal_intact: typed.has("seal_intact") }));
      });
      return form;
    }

    // A form for what a sample showed.
    function sampleForm(title, verb, send, back) {
      const form = part("desk-sample").firstElementChild;
      find("title", form).textContent = title;
      find("send", form).textContent = verb;
      find("back", form).addEventListener("click", back);
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const typed = new FormData(form);
        wrong(form, await send({ result: typed.get("result"), reason: typed.get("finding") }));
      });
      return form;
    }

    function wrong(form, code) {
      find("wrong", form).hidden = !code;
      find("wrong", form).textContent = code ? sentence(code) : "";
    }

    // Why it could not be kept, in words; "" when it is.
    async function record(kind, trip, entry, payload, files = []) {
      const shots = await kit.pictures(files);
      if (!Array.isArray(shots)) return shots;
      await store().record(kind, { desk: kit.spot().code, trip, plate: entry.p, ...payload, ...(shots.length ? { photo: shots[0], photos: shots } : {}) });
      kit.refresh();
      kit.loop().run();
      return "";
    }

    return { laid, all, vehicle, sentence, words, capital, due, home, card, refuse, reasonForm, photoForm, sampleForm, record, rules };
  }

  window.tinhso.borderGateDesk = desk;
  window.tinhso.borderGateScreens = {};
})();
