"use strict";
const rows = [...document.querySelectorAll(".row")];
const suite = document.getElementById("suite"), words = document.getElementById("words");
const count = document.getElementById("count"), none = document.getElementById("none");
const unfold = document.getElementById("unfold");
function filter() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    const fits = (!suite.value || row.dataset.suite === suite.value) && wanted.every(word => text.includes(word));
    row.hidden = !fits;
    shown += fits;
  }
  count.textContent = shown === rows.length ? `(${rows.length})` : `(${shown} of ${rows.length})`;
  none.hidden = shown > 0;
}
suite.addEventListener("change", filter);
words.addEventListener("input", filter);
document.querySelector(".filter").addEventListener("submit", event => event.preventDefault());
unfold.addEventListener("click", () => {
  const open = unfold.textContent === "Open all";
  for (const row of rows) row.open = open;
  unfold.textContent = open ? "Close all" : "Open all";
});
let folded = [];
addEventListener("beforeprint", () => { folded = rows.filter(row => !row.open); folded.forEach(row => { row.open = true; }); });
addEventListener("afterprint", () => { folded.forEach(row => { row.open = false; }); });
