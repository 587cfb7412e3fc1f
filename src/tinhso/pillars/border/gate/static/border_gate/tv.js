// The hall's screen turns its pages; while the network is down it keeps the last one, whose age it shows.
const box = document.querySelector("[data-turns]");
let turns = box.dataset.turns.split(" ");
let step = Math.max(0, turns.indexOf(box.dataset.liveSrc));

async function show(next) {
  try {
    const answer = await fetch(turns[next], { cache: "no-cache", headers: { "X-Live": "1" } });
    if (!answer.ok) return;
    box.innerHTML = await answer.text();
    box.dataset.liveSrc = turns[next];
    box.lang = new URL(turns[next], location.href).searchParams.get("tieng");
    step = next;
    sayNewCalls();
    const now = (answer.headers.get("X-Turns") || "").split(" ").filter(Boolean);
    if (now.length && now.join() !== turns.join()) {
      turns = now;
      step = Math.max(0, turns.indexOf(box.dataset.liveSrc));
    }
  } catch { /* without network: the last page stands */ }
}

const turn = () => show((step + 1) % turns.length);
let timer = setInterval(turn, Number(box.dataset.seconds) * 1000);

// A new call is shown at once: the page of calls comes up, in the language in which the screen stands.
let called = box.dataset.called;
box.addEventListener("live:state", (event) => {
  if (event.detail.called === undefined || event.detail.called === called) return;
  called = event.detail.called;
  const first = turns.findIndex((one) => /trang=goi&/.test(one) && one.includes(`tieng=${box.lang}`));
  if (first < 0) return;
  clearInterval(timer);
  timer = setInterval(turn, Number(box.dataset.seconds) * 1000);
  show(first);
});

// Read out once in each language, only where the screen's address asks for it: browsers speak without a tap only when
// they are started so (--autoplay-policy=no-user-gesture-required).
const said = new Set([...document.querySelectorAll("[data-call]")].map((call) => `${box.lang} ${call.dataset.call}`));
function sayNewCalls() {
  if (box.dataset.aloud === undefined || !window.speechSynthesis) return;
  for (const call of document.querySelectorAll("[data-call]")) {
    const key = `${box.lang} ${call.dataset.call}`;
    if (said.has(key)) continue;
    said.add(key);
    const words = new SpeechSynthesisUtterance(call.dataset.say);
    words.lang = { vi: "vi-VN", "zh-hans": "zh-CN", en: "en-GB" }[box.lang];
    words.rate = 0.9;
    window.speechSynthesis.speak(words);
  }
}
