// A force's screen without network: its open checks; scan or tap, one card, one tap to confirm. The rules are
// offline_desk_rules.js; what is done goes into the outbox and is applied by the same actions afterwards.
(() => {
  "use strict";
  const WORKED = ["open", "in_progress"];
  const HERE = ["arrived", "crossed_in", "in_yard", "returned_in"];
  const UNSAID = { seal_no: "", seal_intact: false };
  const ENDS = { task_pass: "passed", task_fail: "failed" };

  // Over the list: what this device did with the vehicle.
  function over(entry, event) {
    if (event.kind === "task_sample") {
      const { task, result } = event.payload;
      return { ...entry, sm: { ...entry.sm, [task]: [result, ((entry.sm || {})[task] || [])[1]] } };
    }
    const ts = entry.ts.map((one) => (one[0] === event.payload.task ? [one[0], one[1], one[2], ENDS[event.kind] || one[3], one[4]] : one));
    const holds = event.kind === "task_pass" ? 0 : 1;
    return { ...entry, ts, u: [entry.u[0] + holds], h: holds ? event.payload.force : entry.h };
  }

  function force(kit) {
    const { said, kept, part, find } = kit;
    const desk = window.tinhso.borderGateDesk(kit);
    const { rules } = desk;
    const titleOf = (kind) => desk.capital(kept.tasks[kind] || kind);
    const open = (entry) => entry.ts.filter((one) => WORKED.includes(one[3]));

    function situation(found) {
      const { common, duty, listAt } = kit.store().meta;
      const reasons = Object.fromEntries(Object.entries(common.reasons).map(([kind, rows]) => [kind, rows.map(([code]) => code)]));
      return {
        at: kit.seconds(kit.store().now()), list_at: kit.seconds(Date.parse(listAt)), deeds: duty.deeds || [], results: common.results, reasons, takers: {},
        by_code: found.by_code, nonce: found.nonce,
      };
    }

    // Late first; vehicles that are not here yet come last.
    function home() {
      const waiting = desk.all(over).filter(([, entry]) => open(entry).length);
      const soonest = (entry) => Math.min(...open(entry).map((one) => one[4] || Infinity));
      const rank = (entry) => (HERE.includes(entry.s) ? 0 : 1);
      waiting.sort(([, a], [, b]) => rank(a) - rank(b) || soonest(a) - soonest(b));
      const now = kit.seconds(kit.store().now());
      desk.home(`${said.checks}: ${waiting.length}`, waiting.map(([trip, entry]) => ({
        trip,
        plate: rules.showPlate(entry.p),
        more: [open(entry).map((one) => titleOf(one[1])).join(", "), entry.y].filter(Boolean).join(" · "),
        note: HERE.includes(entry.s) ? desk.due(soonest(entry) === Infinity ? 0 : soonest(entry)) : kept.states[entry.s],
        tone: soonest(entry) < now ? "stop" : "",
      })));
    }

    async function answerTo(typed) {
      const found = await desk.vehicle(typed, over);
      const code = found.code || rules.known(found.entry, situation(found));
      if (code) { desk.refuse(found, code, typed); return; }
      show(found, "");
    }

    function show(found, done, tone = "open") {
      const { entry } = found;
      const left = open(entry);
      const box = desk.card({
        tone: done ? tone : left.length ? "wait" : "open",
        verdict: done || (left.length ? `${said.checks}: ${left.length}` : said.noChecks),
        plate: rules.showPlate(entry.p),
        goods: [entry.gt, entry.kg ? `${entry.kg.toLocaleString("vi-VN")} kg` : ""].filter(Boolean).join(", "),
        driver: entry.di ? `${said.driver} ${entry.di}` : "",
        rows: [[said.place, entry.y || kept.states[entry.s]], [said.heldBy, entry.u[0] ? entry.h || "…" : ""]],
      });
      find("list", box).append(...entry.ts.map((task) => line(found, task)));
      const actions = find("actions", box);
      actions.append(kit.button(said.next, !left.length, kit.again));
      if ((kit.store().meta.duty.deeds || []).includes("hold")) actions.append(kit.button(said.hold, false, () => holding(found)));
      kit.main.replaceChildren(box);
      box.querySelector(".action--main")?.focus();
    }

    const TONES = { passed: ["done", "passedTask"], failed: ["stop", "failedTask"], treating: ["wait", "treating"] };

    function line(found, task) {
      const [id, kind, stage, state, when] = task;
      const row = part("desk-task").firstElementChild;
      find("name", row).textContent = titleOf(kind);
      const sample = (found.entry.sm || {})[id];
      const shown = sample ? said[sample[0]] || said.sampleDue : "";
      find("more", row).textContent = [kept.stages[stage], WORKED.includes(state) ? desk.due(when) : "", shown].filter(Boolean).join(" · ");
      if (!WORKED.includes(state)) {
        const [tone, word] = TONES[state] || ["", ""];
        find("state", row).textContent = said[word] || state;
        if (tone) find("state", row).classList.add(`state--${tone}`);
        return row;
      }
      const results = kit.store().meta.common.results[kind] || [];
      const deeds = find("deeds", row);
      if (sample && sample[0] !== "CLEAN") deeds.append(kit.button(said.sample, true, () => sampling(found, task), true));
      else if (results.includes("PASS")) deeds.append(kit.button(said.confirm, true, () => (rules.WANT_PHOTOS.includes(kind) ? photographing(found, task) : pass(found, id)), true));
      for (const result of results.filter((one) => one !== "PASS")) deeds.append(kit.button(said[result], false, () => failing(found, task, result), true));
      return row;
    }

    const afresh = (found) => ({ ...found, entry: desk.laid(found.trip, over) });

    function wrong(code) {
      const note = find("refused", kit.main);
      note.hidden = false;
      find("refused-text", note).textContent = desk.sentence(code);
    }

    async function pass(found, task) {
      const now = afresh(found);
      const code = rules.decideDesk(now.entry, { kind: "task_pass", task, result: "", reason: "", reason_code: "", photo: false, ...UNSAID }, situation(found));
      if (code) { show(now, ""); wrong(code); return; }
      await desk.record("task_pass", found.trip, now.entry, { task });
      show(afresh(found), said.confirmed);
    }

    // An inspection is passed with its photographs, and with a word of the seal.
    function photographing(found, [id, kind]) {
      const send = async (files, seal) => {
        const now = afresh(found);
        const photo = files.some((file) => file.size);
        const code = rules.decideDesk(now.entry, { kind: "task_pass", task: id, result: "", reason: "", reason_code: "", photo, ...seal }, situation(found));
        const told = code || (await desk.record("task_pass", found.trip, now.entry, { task: id, ...seal }, files));
        if (!told) show(afresh(found), said.confirmed);
        return told;
      };
      kit.main.replaceChildren(desk.photoForm(titleOf(kind), said.confirm, (found.entry.sl || []).includes(id), send, () => show(afresh(found), "")));
      kit.main.querySelector("input").focus();
    }

    // Drawn by lot: the sample comes before the check.
    function sampling(found, [id, kind]) {
      const send = async (typed) => {
        const now = afresh(found);
        const code = rules.decideDesk(now.entry, { kind: "task_sample", task: id, reason_code: "", photo: false, ...UNSAID, ...typed }, situation(found));
        const told = code || (await desk.record("task_sample", found.trip, now.entry, { task: id, result: typed.result, finding: typed.reason }));
        if (!told) show(afresh(found), said.sampled, typed.result === "CLEAN" ? "open" : "stop");
        return told;
      };
      kit.main.replaceChildren(desk.sampleForm(titleOf(kind), said.sample, send, () => show(afresh(found), "")));
      kit.main.querySelector("select").focus();
    }

    function failing(found, task, result) {
      const [id, kind] = task;
      const list = kit.store().meta.common.reasons[result === "RETURN" ? "RETURN" : "HOLD"] || [];
      const title = `${titleOf(kind)}: ${said[result]}`;
      form(found, title, list, said.recordHold, { kind: "task_fail", task: id, result }, said.failed_);
    }

    function holding(found) {
      const list = kit.store().meta.common.reasons.HOLD || [];
      form(found, said.holdTitle, list, said.hold, { kind: "hold", task: "", result: "" }, said.heldHere);
    }

    function form(found, title, list, verb, deed, done) {
      const send = async (typed, files) => {
        const now = afresh(found);
        const code = rules.decideDesk(now.entry, { ...UNSAID, ...deed, ...typed }, situation(found));
        if (code) return code;
        const { kind, ...told } = { ...deed, ...typed };
        const full = await desk.record(kind, found.trip, now.entry, { ...told, force: kit.spot().name }, files);
        if (full) return full;
        show(afresh(found), done, "stop");
        return "";
      };
      kit.main.replaceChildren(desk.reasonForm(title, list, verb, send, () => show(afresh(found), "")));
      kit.main.querySelector("select").focus();
    }

    return { home, answerTo };
  }

  window.tinhso.borderGateScreens.force = force;
})();
