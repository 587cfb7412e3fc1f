// A yard's screen without network: who comes in and into which bay, who goes out, weights of goods that change
// vehicles with the yard's signature. The rules are offline_rules.js and offline_desk_rules.js.
(() => {
  "use strict";
  const AFTER = { yard_in: "in_yard", leave_inland: "completed" };
  const ENTERING = ["arrived", "crossed_in", "returned_in"];
  const AHEAD = ["accepted", "en_route", "called"];
  const SOON = 7200;

  function over(entry, event) {
    if (event.kind === "transfer") {
      const kg = event.payload.lines.reduce((sum, line) => sum + line.kg, 0);
      return { ...entry, un: entry.un + kg, bal: Math.max(0, entry.bal - kg), noted: true };
    }
    const there = event.payload.step === "yard_in";
    return { ...entry, s: AFTER[event.payload.step], in: there ? 1 : 0, b: there ? event.payload.bay : entry.b };
  }

  function yard(kit) {
    const { said, kept, part, find } = kit;
    const desk = window.tinhso.borderGateDesk(kit);
    const { rules } = desk;
    const kgOf = (kg) => `${kg.toLocaleString("vi-VN")} kg`;
    const common = () => kit.store().meta.common;
    const taken = () => desk.all(over).filter(([, entry]) => entry.in).map(([, entry]) => entry.b);
    const afresh = (found) => ({ ...found, entry: desk.laid(found.trip, over) });

    function situation(found) {
      const { duty, listAt } = kit.store().meta;
      return {
        barrier: kit.spot().code, kind: "yard_desk", at: kit.seconds(kit.store().now()), list_at: kit.seconds(Date.parse(listAt)), table: common().table, hours: {},
        direct: true, by_buffer: false, slot: [0, 0], steps: duty.steps, deeds: duty.deeds || [], takers: common().takers, radio: false, by_code: found.by_code, nonce: found.nonce, used: [],
      };
    }

    function home() {
      const all = desk.all(over);
      const coming = all.filter(([, entry]) => ENTERING.includes(entry.s));
      const standing = all.filter(([, entry]) => entry.s === "in_yard" && entry.bal > 0);
      const now = kit.seconds(kit.store().now());
      const near = ([, entry]) => AHEAD.includes(entry.s) && entry.x > now - SOON && entry.x <= now + SOON;
      const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Ho_Chi_Minh" });
      const ahead = all.filter(near).sort(([, a], [, b]) => a.x - b.x);
      const leaving = all.filter(([, entry]) => entry.s === "released");
      const line = (note, tone) => ([trip, entry]) => ({
        trip, plate: rules.showPlate(entry.p), more: [entry.c, kgOf(entry.kg), entry.b].filter(Boolean).join(" · "), note: note(entry), tone,
      });
      const free = common().bays.length - taken().length;
      desk.home(`${free} ${said.freeBays}`, [
        ...coming.map(line(() => said.entering, "run")),
        ...ahead.map(line((entry) => desk.words(said.expected, { at: clock(entry.x) }), "")),
        ...standing.map(line((entry) => desk.words(said.toGive, { n: entry.bal.toLocaleString("vi-VN") }), "")),
        ...leaving.map(line((entry) => kept.states[entry.s], "done")),
      ]);
    }

    async function answerTo(typed) {
      const found = await desk.vehicle(typed, over);
      const code = found.code || rules.known(found.entry, situation(found));
      if (code) { desk.refuse(found, code, typed); return; }
      show(found, "");
    }

    function show(found, done) {
      const { entry } = found;
      const verdict = rules.decide(entry, situation(found));
      const stands = entry.s === "in_yard";
      const words = verdict.open ? said[verdict.step === "yard_in" ? "letIn" : "letOut"] : stands ? said.inYard : entry.s === "released" ? said.toLine : said.notNow;
      const box = desk.card({
        tone: verdict.open || done ? "open" : "wait", verdict: done || words, plate: rules.showPlate(entry.p), goods: kgOf(entry.kg), driver: entry.c ? `${said.container} ${entry.c}` : "",
        rows: [[said.bay, entry.b], [said.state, kept.states[entry.s]], [said.heldBy, entry.u[0] ? entry.h || "…" : ""]],
      });
      const actions = find("actions", box);
      if (!done && verdict.open && verdict.step === "yard_in") actions.append(...letIn(found));
      if (!done && verdict.open && verdict.step === "leave_inland") actions.append(part("desk-photo"), kit.button(said.letOut, true, () => move(found, "leave_inland", "")));
      const weighs = !done && stands && !entry.noted && (common().takers[entry.k] || []).length && situation(found).deeds.includes("transfer");
      if (weighs) find("list", box).append(weights(found));
      actions.append(kit.button(said.next, Boolean(done) || !(verdict.open || weighs), kit.again));
      kit.main.replaceChildren(box);
      actions.querySelector(".action--main")?.focus();
    }

    // The first free bay that suits is chosen already: one tap.
    function letIn(found) {
      const free = rules.freeBays(found.entry, common().bays, taken());
      const kinds = Object.fromEntries(common().bays);
      const place = part("desk-bay").firstElementChild;
      const chosen = place.querySelector("select");
      chosen.replaceChildren(...free.map((code) => new Option(`${code}, ${kept.bays[kinds[code]] || ""}`, code)));
      return [place, part("desk-photo"), kit.button(said.letIn, true, () => move(found, "yard_in", chosen.value))];
    }

    async function move(found, step, bay) {
      const now = afresh(found);
      const verdict = rules.decide(now.entry, situation(found));
      const code = verdict.open && step === "yard_in" ? rules.bay(bay, now.entry, common().bays, taken()) : verdict.code;
      if (code || verdict.step !== step) { show(now, ""); wrong(code || "BG-023"); return; }
      const files = kit.main.querySelector(".desk-card__actions [name=photo]")?.files || [];
      const full = await desk.record("pass", found.trip, now.entry, { step, ...(step === "yard_in" ? { bay } : {}) }, files);
      if (full) { show(now, ""); wrong(full); return; }
      show(afresh(found), step === "yard_in" ? said.letInDone : said.letOutDone);
    }

    function wrong(code, facts = {}) {
      const note = find("refused", kit.main);
      note.hidden = false;
      find("refused-text", note).textContent = desk.sentence(code, facts);
    }

    // Who may take: those it was declared with first, then others that stand in the yard, then the warehouse.
    function takersOf(entry) {
      const kinds = common().takers[entry.k] || [];
      const fits = ([, one]) => one.s === "in_yard" && kinds.includes(one.k) && (one.k !== "IMP_CN" || one.tw);
      const found = desk.all(over).filter(([trip, one]) => one.p !== entry.p && fits([trip, one]));
      found.sort(([a], [b]) => Number(entry.pr.includes(b)) - Number(entry.pr.includes(a)));
      return [...found.slice(0, 6), ...(kinds.includes("") ? [["", null]] : [])];
    }

    function weights(found) {
      const form = part("desk-weights").firstElementChild;
      const takers = takersOf(found.entry);
      const alone = takers.length === 1;
      find("cells", form).append(...takers.map(([trip, entry], place) => {
        const cell = part("desk-weight").firstElementChild;
        const label = cell.querySelector("label");
        label.textContent = entry ? `${rules.showPlate(entry.p)}${entry.b ? `, ${entry.b}` : ""}` : said.store;
        const [kg, seal] = cell.querySelectorAll("input");
        kg.id = `kg-${place}`;
        label.htmlFor = kg.id;
        Object.assign(kg.dataset, { taker: trip });
        if (alone) kg.value = found.entry.bal || found.entry.kg;
        seal.parentElement.hidden = found.entry.k !== "TRANSIT" || !entry;
        return cell;
      }));
      form.addEventListener("submit", (event) => { event.preventDefault(); sign(found, form); });
      return form;
    }

    async function sign(found, form) {
      const whole = (typed) => (/^\d{1,7}$/.test(typed) ? Number(typed) : 0);
      const lines = [...form.querySelectorAll("[data-taker]")].filter((box) => box.value.trim()).map((box) => ({
        taker: box.dataset.taker, kg: whole(box.value.replace(/[.\s]/g, "")), seal_new: box.closest("[data-cell]").querySelector("[name=seal_new]").value.trim(),
      }));
      const partial = form.elements.partial.checked;
      const now = afresh(found);
      const told = lines.map((line) => ({ ...line, taker: line.taker ? desk.laid(line.taker, over) : null }));
      const code = rules.transfer(now.entry, told, situation(found), partial);
      if (code) {
        const kg = lines.reduce((sum, line) => sum + line.kg, 0);
        const shown = (number) => number.toLocaleString("vi-VN");
        wrong(code, { a: shown(kg), b: shown(Math.abs(kg + now.entry.un - now.entry.kg)), tol: now.entry.tol, v: shown(kg), max: shown(now.entry.kg), f: now.entry.h || kit.spot().name, reason: said.held });
        return;
      }
      const full = await desk.record("transfer", found.trip, now.entry, { lines, partial, seal_old: form.elements.seal_old.value.trim() }, form.elements.photo.files);
      if (full) { wrong(full); return; }
      show(afresh(found), said.signed);
    }

    return { home, answerTo };
  }

  window.tinhso.borderGateScreens.yard_desk = yard;
})();
