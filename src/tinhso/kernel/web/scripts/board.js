// The board runs for weeks: it takes itself anew each night, when few look.
const NIGHT = 3;
let day = new Date().getDate();
setInterval(() => {
  const now = new Date();
  if (now.getDate() !== day && now.getHours() >= NIGHT && navigator.onLine) {
    day = now.getDate();
    location.reload();
  }
}, 600000);
