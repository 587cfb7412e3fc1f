// What a force and a yard may decide without network: rules/offline_desks.py once more, in the browser's words. A test
// compares the two case by case (tests/test_offline_desk_rules.py): whoever changes one changes the other.
(() => {
  "use strict";
  const USELESS = 72 * 3600;
  const REASONS = { FAIL: "HOLD", RETURN: "RETURN" };
  const WORKED = ["open", "in_progress"];
  const SHORTEST = 10;
  const SAMPLED_IN = [...WORKED, "treating"];
  const IN_YARD = "in_yard";
  const CUSTOMS_PAPERS = "CUSTOMS_DOC";
  const WANT_PHOTOS = ["CUSTOMS_INSPECT"];

  const isSeal = (text) => /^[A-Z0-9][A-Z0-9./-]{2,23}$/.test(text.slice(0, 60).normalize("NFKC").toUpperCase().replace(/\s+/g, ""));

  function known(entry, here) {
    if (here.at - here.list_at > USELESS) return "BG-336";
    if (!entry) return here.by_code ? "BG-339" : "BG-209";
    return here.by_code && here.nonce !== entry.n ? "BG-020" : "";
  }

  function sampleDue(entry, deed) {
    const [result] = (entry.sm || {})[deed.task] || ["CLEAN"];
    if (result === "CLEAN") return "";
    return result ? "BG-572" : "BG-571";
  }

  function sampled(entry, task, deed) {
    if (!["CLEAN", "FOUND"].includes(deed.result)) return "BG-313";
    if (deed.result === "FOUND" && [...deed.reason.trim()].length < SHORTEST) return "BG-038";
    if (!(entry.sm || {})[deed.task]) return "BG-573";
    return SAMPLED_IN.includes(task[3]) ? "" : "BG-023";
  }

  function seal(entry, deed) {
    const said = deed.seal_no.trim();
    if (said && deed.seal_intact) return "BG-671";
    if (said && !isSeal(said)) return "BG-393";
    return (entry.sl || []).includes(deed.task) && !said && !deed.seal_intact ? "BG-670" : "";
  }

  function reason(deed, kind, here) {
    if (!(here.reasons[kind] || []).includes(deed.reason_code)) return "BG-251";
    return [...deed.reason.trim()].length < SHORTEST ? "BG-038" : "";
  }

  function checked(entry, task, deed, here) {
    const [, kind, , state] = task;
    const wanted = deed.kind === "task_pass" ? "PASS" : deed.result;
    if (!(here.results[kind] || []).includes(wanted) || (deed.kind === "task_fail" && wanted === "PASS")) return "BG-330";
    if (!WORKED.includes(state)) return "BG-023";
    if (deed.kind === "task_pass" && WANT_PHOTOS.includes(kind) && !deed.photo) return "BG-440";
    if (deed.kind === "task_pass") return sampleDue(entry, deed) || seal(entry, deed) || (kind === CUSTOMS_PAPERS && !entry.cn ? "BG-380" : "");
    return reason(deed, REASONS[wanted], here);
  }

  function decideDesk(entry, deed, here) {
    const code = known(entry, here);
    if (code) return code;
    if (!here.deeds.includes(deed.kind)) return "BG-024";
    if (deed.kind === "hold") return reason(deed, "HOLD", here);
    const task = entry.ts.find((one) => one[0] === deed.task);
    if (!task) return "BG-023";
    return deed.kind === "task_sample" ? sampled(entry, task, deed) : checked(entry, task, deed, here);
  }

  function freeBays(entry, bays, taken) {
    const suiting = entry.bk;
    const free = bays.filter(([code, kind]) => suiting.includes(kind) && !taken.includes(code));
    const rank = ([code, kind]) => [Number(code !== entry.b), suiting.indexOf(kind)];
    return free.map((one) => [rank(one), one[0]]).sort(([a], [b]) => a[0] - b[0] || a[1] - b[1]).map(([, code]) => code);
  }

  function bay(chosen, entry, bays, taken) {
    if (!chosen) return freeBays(entry, bays, taken).length ? "" : "BG-030";
    return !taken.includes(chosen) && bays.some(([code]) => code === chosen) ? "" : "BG-293";
  }

  function handed(entry, lines, here) {
    if (!lines.length) return "BG-009";
    for (const line of lines) {
      const kind = line.taker ? line.taker.k : "";
      const goesBack = kind !== "IMP_CN" || Boolean(line.taker.tw);
      if (!(here.takers[entry.k] || []).includes(kind) || !goesBack) return "BG-297";
      if (line.kg <= 0) return "BG-009";
    }
    return "";
  }

  function stopped(entry, lines) {
    const there = [entry, ...lines.map((line) => line.taker).filter(Boolean)];
    if (there.some((one) => one.s !== IN_YARD)) return "BG-290";
    if (there.some((one) => one.u[0] > 0)) return "BG-026";
    if (entry.st) return "BG-291";
    return entry.k === "TRANSIT" && lines.some((line) => !line.seal_new.trim()) ? "BG-292" : "";
  }

  function balance(entry, lines, partial) {
    const given = (lines.reduce((sum, line) => sum + line.kg, 0) + entry.un) * 100;
    const under = !partial && given < entry.kg * (100 - entry.tol);
    return given > entry.kg * (100 + entry.tol) || under ? "BG-031" : "";
  }

  function transfer(entry, lines, here, partial) {
    const code = known(entry, here);
    if (code) return code;
    if (!here.deeds.includes("transfer")) return "BG-024";
    return handed(entry, lines, here) || stopped(entry, lines) || balance(entry, lines, partial);
  }

  Object.assign(globalThis.borderGateRules, { known, decideDesk, freeBays, bay, transfer, WANT_PHOTOS });
})();
