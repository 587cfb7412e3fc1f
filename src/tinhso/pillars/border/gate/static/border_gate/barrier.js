// The camera reads the driver's QR where the browser can; elsewhere a hand scanner types into the box.
const form = document.querySelector("[data-scan]");
const box = document.getElementById("code");
const copy = document.querySelector("[data-copies]");
const button = document.querySelector("[data-camera]");

box?.addEventListener("input", () => { if (copy) copy.value = box.value; });

async function scan() {
  const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const video = document.createElement("video");
  video.className = "station-camera";
  video.srcObject = stream;
  video.setAttribute("playsinline", "");
  form.append(video);
  await video.play();
  const until = Date.now() + 20000;
  while (Date.now() < until) {
    const found = await detector.detect(video);
    if (found.length) { box.value = found[0].rawValue; form.submit(); break; }
    await new Promise((next) => setTimeout(next, 200));
  }
  stream.getTracks().forEach((track) => track.stop());
  video.remove();
}

if (!("BarcodeDetector" in window)) button?.addEventListener("click", () => box.focus());
else button?.addEventListener("click", () => scan().catch(() => box.focus()));
