// What a barrier may decide without network: rules/offline.py once more, in the browser's words. A test compares the two
// case by case (tests/test_offline_rules.py): whoever changes one changes the other.
(() => {
  "use strict";
  const ALLOWED = ["enter_buffer", "arrive", "yard_in", "cross_in", "cross_out", "leave_inland"];
  const OVER_THE_LINE = ["cross_in", "cross_out"];
  const COMES_FOR_EXPORT = "CN_EMPTY_IN";
  const YARD_DESK = "yard_desk";
  const OLD = 15 * 60;
  const USELESS = 72 * 3600;
  const AGAIN_AFTER = 5 * 60;
  const PAPER_UNKNOWN = "-";
  const HANOI = 7 * 3600;
  const BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
  const SIZE = 106;
  const BODY = 42;
  const CODE_AT_LEAST = 120;

  function stepAt(kind, state, direction, crossedIn, tripKind) {
    if (kind === "buffer") return "enter_buffer";
    if (kind === YARD_DESK) return state === "released" ? "leave_inland" : "yard_in";
    if (kind === "yard") return "yard_in";
    if (kind === "entry") return state === "released" ? "leave_inland" : "arrive";
    if (state === "crossed_out") return "return_in";
    const comesIn = direction === "N" || tripKind === COMES_FOR_EXPORT;
    return comesIn && !crossedIn ? "cross_in" : "cross_out";
  }

  const dayOf = (seconds) => new Date((seconds + HANOI) * 1000).toISOString().slice(0, 10);

  const CHECKS = {
    "G-PLATE": () => true,
    "G-DRIVER": (entry, here) => entry.dp !== PAPER_UNKNOWN && (entry.dp === "" || entry.dp >= dayOf(here.at)),
    "G-DECL": (entry) => entry.ac > 0,
    "G-HOLD0": (entry) => entry.u[0] === 0,
    "G-CAL": (entry, here) => (here.hours[entry.d] || []).some(
      ([opens, closes, before]) => opens <= here.at && here.at < closes && (!before || (entry.ac > 0 && entry.ac < before)),
    ),
    "G-MORATORIUM": (entry, here) => !entry.m.some(([begins, ends]) => begins <= here.at && here.at < ends),
    "G-SLOTNOW": (entry, here) => here.direct || (entry.sb > 0 && entry.sb - here.slot[0] <= here.at && here.at <= entry.sb + here.slot[1]),
    "G-RELEASEVALID": (entry, here) => here.at < entry.rx,
    "G-LEG2": (entry) => entry.k !== "EXP_VN" || entry.g === 2,
    "G-YARD": () => true,
    "G-BUFFER": (entry, here) => !here.by_buffer,
  };

  const isUsed = (entry, here, step) => here.used.some(
    ([barrier, used, leg, at]) => barrier === here.barrier && ((used === step && leg === entry.g) || here.at - at < AGAIN_AFTER),
  );

  function applies(row, entry) {
    if (entry.k === "TRANSIT" && row.transit && row.transit !== entry.d) return false;
    return row.source.includes(entry.s) && (!row.kinds.length || row.kinds.includes(entry.k));
  }

  function guarded(entry, here, step) {
    const row = (here.table[step] || []).find((one) => applies(one, entry));
    if (!row) return "BG-023";
    const failed = row.guards.find(([guard]) => !CHECKS[guard] || !CHECKS[guard](entry, here));
    if (!failed) return "";
    return CHECKS[failed[0]] ? failed[1] : "BG-330";
  }

  const asksRadio = (here, step) => here.at - here.list_at > OLD && OVER_THE_LINE.includes(step) && !here.radio;

  function refusal(entry, here, step) {
    if (here.by_code && here.nonce !== entry.n) return "BG-020";
    if (here.by_code && isUsed(entry, here, step)) return "BG-022";
    if (!ALLOWED.includes(step)) return "BG-330";
    if (!here.steps.includes(step)) return "BG-024";
    return guarded(entry, here, step) || (asksRadio(here, step) ? "BG-332" : "");
  }

  function decide(entry, here) {
    if (here.at - here.list_at > USELESS) return { open: false, step: "", code: "BG-336" };
    if (!entry) return { open: false, step: "", code: here.by_code ? "BG-339" : "BG-209" };
    const step = stepAt(here.kind, entry.s, entry.d, Boolean(entry.ci), entry.k);
    const code = refusal(entry, here, step);
    return { open: !code, step, code };
  }

  // RFC 9285; null when it is none.
  function fromBase45(text) {
    const bytes = [];
    for (let start = 0; start < text.length; start += 3) {
      const part = [...text.slice(start, start + 3)].map((sign) => BASE45.indexOf(sign));
      const size = part.length - 1;
      const number = part.reduce((sum, value, place) => sum + value * 45 ** place, 0);
      if (size < 1 || part.includes(-1) || number >= 256 ** size) return null;
      if (size === 2) bytes.push(number >> 8);
      bytes.push(number & 255);
    }
    return Uint8Array.from(bytes);
  }

  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  // The parts of a QR's text, its signature not looked at yet; null when it is none of ours.
  function readToken(text) {
    const token = fromBase45(text.slice(0, 260));
    if (!token || token.length !== SIZE || token[0] !== 1) return null;
    const view = new DataView(token.buffer);
    return {
      body: token.slice(0, BODY),
      signature: token.slice(BODY),
      key: hex(token.slice(1, 5)),
      trip: String.fromCharCode(...token.slice(5, 22)),
      until: view.getUint32(30),
      nonce: hex(token.slice(34, 42)),
    };
  }

  const LOOK_ALIKES = Object.fromEntries([..."АВЕКМНОРСТУХІЅЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧÐ"].map((sign, place) => [sign, "ABEKMHOPCTYXISJABEZHIKMNOPTYXĐ"[place]]));

  const normalise = (text) => [...text.slice(0, 96).normalize("NFKC").toUpperCase()]
    .map((sign) => LOOK_ALIKES[sign] || sign).join("").replace(/[\s.\-–—_·•・‧∙⋅]+/g, "");

  function showPlate(norm) {
    const own = /^(\d{2})([A-ZĐ]{1,2})(\d{4,5})$/.exec(norm);
    if (own) return `${own[1]}${own[2]}-${own[3].length === 5 ? `${own[3].slice(0, 3)}.${own[3].slice(3)}` : own[3]}`;
    return /^[^\x00-\x7F][A-Z]/.test(norm) ? `${norm.slice(0, 2)}·${norm.slice(2)}` : norm;
  }

  const isCode = (typed) => typed.length >= CODE_AT_LEAST;

  globalThis.borderGateRules = { stepAt, decide, fromBase45, readToken, normalise, showPlate, isCode, hex, OLD, OVER_THE_LINE, AGAIN_AFTER };
})();
