// The conversation in the browser: asks, shows what the server made, opens documents beside it.
// All HTML comes from this server, which has escaped every word of documents, models and visitors.

const texts = JSON.parse(document.getElementById("texts").textContent);
const by = (id) => document.getElementById(id);
const ASK = "/chat/gradio_api/call/ask";
const KEPT = 20; // earlier questions that are sent along
const ROOM = 300000; // bytes of these: the server takes little more in one request
let turns = []; // {question, html, said, text, markdown, status, release}
let running = null; // the AbortController of the answer that is being made
let opener = null; // what the document was opened with

// ---------------------------------------------------------------- storage, only if wanted
const stored = (name) => { try { return localStorage.getItem("caveat-" + name); } catch { return null; } };
function store(name, value) {
  try {
    if (value === null) localStorage.removeItem("caveat-" + name);
    else localStorage.setItem("caveat-" + name, value);
  } catch { /* storage is switched off or full: nothing is kept */ }
}
const keep = () => store("turns", by("keep").checked ? JSON.stringify(turns) : null);

// ---------------------------------------------------------------- saying
function say(text) { by("status").textContent = text; }
function shout(text) { by("alert").textContent = text; }
const fill = (text, values) => text.replace(/\$(\w+)/g, (_, name) => values[name] ?? "");

// ---------------------------------------------------------------- turns
function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function addTurn(question) {
  const article = element("article", "turn");
  const heading = element("h2", "asked");
  heading.append(element("span", "hidden", texts.you_asked + " "), question);
  const body = element("div", "answer");
  body.append(element("p", "working", texts.working));
  article.append(heading, body);
  by("turns").append(article);
  return article;
}

function show(article, shown) {
  const body = article.querySelector(".answer");
  body.innerHTML = shown.html;
  let number = 0;
  for (const tip of body.querySelectorAll(".tip")) {
    tip.id = `tip-${article.dataset.turn}-${number++}`;
    tip.previousElementSibling.setAttribute("aria-describedby", tip.id);
  }
  return body;
}

function redraw() {
  by("turns").replaceChildren();
  turns.forEach((turn, place) => {
    const article = addTurn(turn.question);
    article.dataset.turn = place;
    show(article, turn);
  });
  dress();
}

function dress() {
  const any = turns.length > 0 || running !== null;
  document.body.classList.toggle("talking", any);
  document.querySelector(".conversation").hidden = !turns.length;
  by("ask-button").hidden = running !== null;
  by("stop-button").hidden = running === null;
}

function problem(article, text) {
  const note = element("p", "notice notice-error", text);
  article.querySelector(".answer").replaceChildren(note);
  say(text);
}

// ---------------------------------------------------------------- asking
function history() {
  const told = turns.slice(-KEPT).flatMap((turn) => [
    { role: "user", content: turn.question },
    { role: "assistant", content: turn.said || turn.text },
  ]);
  while (new Blob([JSON.stringify(JSON.stringify(told))]).size > ROOM) told.splice(0, 2);
  return JSON.stringify(told);
}

async function ask(question) {
  question = question.trim();
  if (running) return;
  if (!question) { say(texts.empty); by("question").focus(); return; }
  if (tooLong(question)) { put(question); by("question").focus(); shout(tooLong(question)); return; }
  running = new AbortController();
  const article = addTurn(question);
  article.dataset.turn = turns.length;
  article.setAttribute("aria-busy", "true");
  put("");
  dress();
  say(texts.working);
  article.scrollIntoView({ block: "start" });
  try {
    await answer(question, article);
  } catch (error) {
    if (error.name === "AbortError") problem(article, texts.stopped);
    else if (error.seconds) { problem(article, fill(texts.busy, error)); put(by("question").value || question); }
    else { problem(article, texts.failed); put(by("question").value || question); }
  }
  article.removeAttribute("aria-busy");
  running = null;
  dress();
}

async function answer(question, article) {
  const signal = running.signal;
  const body = JSON.stringify({ data: [question, history(), texts.language, by("country").value] });
  const headers = { "content-type": "application/json" };
  const joined = await fetch(ASK, { method: "POST", body, headers, signal });
  const reply = await joined.json().catch(() => ({}));
  if (joined.status === 429 || joined.status === 503) throw { seconds: reply.busy || 10 };
  if (!joined.ok) throw new Error("refused");
  const stream = await fetch(`${ASK}/${reply.event_id}`, { signal });
  let last = null;
  for await (const [event, data] of events(stream)) {
    if (event === "error") throw new Error("failed");
    const shown = data && data[0];
    if (!shown) continue;
    if (shown.whole && last && last.whole) continue;
    show(article, shown);
    last = shown;
  }
  if (!last || !last.whole) throw new Error("cut short");
  finish(question, article, last);
}

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    let end;
    while ((end = buffer.indexOf("\n\n")) >= 0) {
      const lines = buffer.slice(0, end).split("\n");
      buffer = buffer.slice(end + 2);
      const field = (name) => lines.find((line) => line.startsWith(name + ": "))?.slice(name.length + 2);
      yield [field("event"), JSON.parse(field("data") || "null")];
    }
  }
}

function finish(question, article, shown) {
  shout("");
  if (shown.problem) { say(article.querySelector(".answer").textContent); return; }
  const { html, said, text, markdown, status, release } = shown;
  turns.push({ question, html, said, text, markdown, status, release });
  keep();
  if (shown.urgent) { article.scrollIntoView({ block: "start", behavior: "instant" }); say(""); shout(shown.spoken); }
  else say(`${texts.done} ${shown.spoken}`);
}

// ---------------------------------------------------------------- the document beside the chat
async function open(path, from) {
  opener = from;
  const response = await fetch(path).catch(() => null);
  const html = response && response.ok ? await response.text() : "";
  const body = by("document-body");
  by("document-name").textContent = path.startsWith("/covers") ? texts.covers : texts.document;
  if (html) body.innerHTML = html;
  else body.replaceChildren(element("p", "notice", texts.gone));
  by("document").hidden = false;
  document.body.classList.add("reading");
  by("chat").inert = narrow.matches;
  body.focus({ preventScroll: true });
  const mark = body.querySelector("mark");
  if (mark) body.scrollTop += mark.getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight / 3;
  else body.scrollTop = 0;
  const title = body.querySelector("h2") || by("document-name");
  say(html ? `${texts.opened} ${title.textContent}` : texts.gone);
}

function close() {
  by("document").hidden = true;
  by("chat").inert = false;
  document.body.classList.remove("reading");
  if (opener && opener.isConnected) opener.focus();
}

const narrow = matchMedia("(max-width: 60rem)");
narrow.addEventListener("change", () => { by("chat").inert = narrow.matches && !by("document").hidden; });

// ---------------------------------------------------------------- what buttons do
const turnOf = (button) => turns[Number(button.closest(".turn").dataset.turn)];

async function copy(text, done) {
  try { await navigator.clipboard.writeText(text); say(done); toast(done); } catch { say(texts.failed); toast(texts.failed); }
}

function toast(text) {
  const note = element("p", "toast", text);
  note.setAttribute("aria-hidden", "true");
  document.body.append(note);
  setTimeout(() => note.remove(), 2500);
}

function download(name, text) {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function dropLast() {
  turns.pop();
  keep();
  redraw();
}

async function vote(button, up) {
  const turn = turnOf(button);
  const reason = up ? "" : await reasonFor(button);
  if (reason === null) return;
  const body = JSON.stringify({ vote: up ? "up" : "down", reason, question: turn.question, status: turn.status });
  const response = await fetch("/feedback", { method: "POST", body, headers: { "content-type": "application/json" } }).catch(() => null);
  const text = response && response.ok ? texts.feedback_thanks : texts.failed;
  say(text); toast(text);
}

function reasonFor(button) {
  const tools = button.closest(".tools");
  const old = tools.nextElementSibling;
  if (old?.matches(".why")) { old.querySelector("textarea").focus(); return null; }
  const form = element("form", "why");
  const label = element("label", "", texts.feedback_ask);
  const box = element("textarea");
  box.maxLength = 2000;
  box.rows = 3;
  label.append(box);
  const send = element("button", "main", texts.feedback_send);
  const leave = element("button", "plain", texts.feedback_leave);
  leave.type = "button";
  form.append(label, send, " ", leave);
  tools.after(form);
  box.focus();
  return new Promise((resolve) => {
    const end = (reason) => { form.remove(); button.focus(); resolve(reason); };
    form.addEventListener("submit", (event) => { event.preventDefault(); end(box.value); });
    leave.addEventListener("click", () => end(null));
    form.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); end(null); } });
  });
}

const DO = {
  open(button) {
    const { passage, start = 0, end = 0 } = button.dataset;
    open(`/document?passage=${encodeURIComponent(passage)}&start=${start}&end=${end}&lang=${texts.language}`, button);
  },
  covers(button) { open(`/covers?lang=${texts.language}`, button); },
  close,
  ask(button) { ask(button.textContent); },
  stop() { running?.abort(); by("question").focus(); },
  again() { const { question } = turns.at(-1); dropLast(); ask(question); },
  edit() {
    put(turns.at(-1).question);
    dropLast(); by("question").focus();
  },
  new() { running?.abort(); turns = []; keep(); redraw(); say(""); scrollTo(0, 0); by("question").focus(); },
  copy(button) { copy(turnOf(button).text, texts.copied); },
  link(button) {
    const { question, release } = turnOf(button);
    copy(`${location.origin}/?lang=${texts.language}#release=${release}&ask=${encodeURIComponent(question)}`, texts.link_copied);
  },
  save() { download("caveat.md", `# ${texts.title}\n\n` + turns.map((turn) => turn.markdown).join("\n---\n\n")); },
  print() { print(); },
  up(button) { vote(button, true); },
  down(button) { vote(button, false); },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) DO[button.dataset.do](button);
  const menu = document.querySelector(".menu");
  if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector(".menu");
  if (menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
  else if (!by("document").hidden) close();
  document.body.classList.add("hushed"); // the words on hover go away, too
});
for (const event of ["pointermove", "focusin"]) document.addEventListener(event, () => document.body.classList.remove("hushed"));

// ---------------------------------------------------------------- the question box
function tooLong(question) {
  const length = [...question.trim()].length, over = length - texts.longest;
  return over > 0 ? fill(texts.too_long, { length, over }) : "";
}

function put(question) { by("question").value = question; looked(); }

// The box is as high as its text, within the style's limit; what cannot be sent is said below it.
function looked() {
  const box = by("question"), note = by("ask-problem");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 4}px`;
  const problem = tooLong(box.value);
  if (problem && note.hidden) say(problem);
  if (!problem && !note.hidden) { say(""); shout(""); }
  note.hidden = !problem;
  note.textContent = problem;
  box.setAttribute("aria-invalid", Boolean(problem));
}
by("question").addEventListener("input", looked);
by("question").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); ask(by("question").value); }
});
by("ask").addEventListener("submit", (event) => { event.preventDefault(); ask(by("question").value); });

// ---------------------------------------------------------------- choices, and what was kept
for (const name of ["size", "colours"]) {
  const chosen = stored(name);
  for (const radio of document.querySelectorAll(`input[name=${name}]`)) {
    radio.checked = chosen ? radio.value === chosen : radio.defaultChecked;
    radio.addEventListener("change", () => {
      document.documentElement.dataset[name] = radio.value;
      store(name, radio.defaultChecked ? null : radio.value);
    });
  }
}

const names = new Intl.DisplayNames([texts.language], { type: "region", fallback: "code" });
const countries = [...by("country").options].slice(1);
for (const option of countries) option.textContent = names.of(option.value);
by("country").append(...countries.sort((a, b) => a.textContent.localeCompare(b.textContent, texts.language)));
by("country").value = stored("country") || texts.country;
if (by("country").selectedIndex < 0) by("country").value = "";
by("country").addEventListener("change", () => store("country", by("country").value || null));

by("keep").checked = stored("turns") !== null;
by("keep").addEventListener("change", keep);

let printed = [];
addEventListener("beforeprint", () => {
  printed = [...document.querySelectorAll("details:not([open], .menu, .evidence)")];
  for (const each of printed) each.open = true;
});
addEventListener("afterprint", () => { for (const each of printed) each.open = false; });

try { turns = JSON.parse(stored("turns") || "[]"); } catch { turns = []; }
redraw();
looked();

const wanted = new URLSearchParams(location.hash.slice(1));
if (texts.links && wanted.get("ask")) {
  if (wanted.get("release") !== String(texts.release)) toast(fill(texts.link_older, { release: wanted.get("release") }));
  ask(wanted.get("ask"));
}
