// Shows how far the job is without loading the page again. Everything works without it, too.
const place = document.querySelector("[data-poll]");
const status = document.getElementById("status");
const PAUSE = 1000; // milliseconds
let said = "";

function tell(text) {
  if (text !== said) status.textContent = said = text; // once a stage: not every number
}

async function look() {
  const reply = await fetch(place.dataset.poll).catch(() => null);
  if (reply && reply.status === 404) { location.reload(); return; } // logged out meanwhile
  if (reply && reply.ok) {
    const fresh = document.createElement("template");
    fresh.innerHTML = await reply.text();
    const bar = fresh.content.querySelector("progress");
    if (!bar) { location.reload(); return; }
    const old = { bar: place.querySelector("progress"), stage: place.querySelector(".stage") };
    old.stage.replaceWith(fresh.content.querySelector(".stage"));
    old.bar.replaceWith(bar); // the button beside it stays, and so does its focus
    tell(bar.getAttribute("aria-label"));
  }
  setTimeout(look, PAUSE);
}
if (place) setTimeout(look, PAUSE);
