// The hall's screen turns its pages; while the network is down it keeps the last one, whose age it shows.
const box = document.querySelector("[data-turns]");
let turns = box.dataset.turns.split(" ");
let step = Math.max(0, turns.indexOf(box.dataset.liveSrc));

async function turn() {
  const next = (step + 1) % turns.length;
  try {
    const answer = await fetch(turns[next], { cache: "no-cache", headers: { "X-Live": "1" } });
    if (!answer.ok) return;
    box.innerHTML = await answer.text();
    box.dataset.liveSrc = turns[next];
    box.lang = new URL(turns[next], location.href).searchParams.get("tieng");
    step = next;
    const now = (answer.headers.get("X-Turns") || "").split(" ").filter(Boolean);
    if (now.length && now.join() !== turns.join()) {
      turns = now;
      step = Math.max(0, turns.indexOf(box.dataset.liveSrc));
    }
  } catch { /* without network: the last page stands */ }
}

setInterval(turn, Number(box.dataset.seconds) * 1000);
