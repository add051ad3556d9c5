"use strict";
// The entries stand in <noscript>, which a browser with scripts keeps as plain text: no work
// for ten thousand pictures until somebody scrolls to them.
(() => {
  const CHUNK = 48, MOST_PRINTED = 10 * CHUNK;
  const data = JSON.parse(document.getElementById("data").textContent);
  const noscript = document.querySelector("noscript");
  const entries = noscript.textContent.split("\n").filter(line => line.startsWith("<li"));
  const list = document.getElementById("list");
  const form = document.querySelector("form");
  const told = form.querySelector("output");
  const unprinted = document.querySelector(".unprinted");
  const cells = [...document.querySelectorAll("button[data-label]")];
  const names = [...form.elements.label.options].slice(1).map(option => option.text);
  const N = entries.length;

  // Each order compares two places in the first order; equal ones keep it.
  const by = (key, sign) => (a, b) => sign * (data[key][a] - data[key][b]) || a - b;
  const orders = {
    mistakes: (a, b) => a - b,
    sure: by("confidence", -1),
    doubtful: by("confidence", 1),
    missed: by("scoreOfLabel", 1),
    label: by("label", 1),
    answer: by("answer", 1),
    number: by("number", 1),
  };

  let chosen = [];
  let height = 0;  // of a chunk that is filled, to give those that are not about the same
  const watcher = new IntersectionObserver(seen => {
    for (const one of seen) if (one.isIntersecting) fill(one.target);
  }, {rootMargin: "1200px 0px"});

  function fill(chunk) {
    if (chunk.firstChild) return;
    watcher.unobserve(chunk);
    const start = Number(chunk.dataset.start);
    const part = chosen.slice(start, start + CHUNK);
    const grid = document.createElement("ol");
    grid.className = "grid";
    grid.start = start + 1;
    grid.innerHTML = part.map(place => entries[place]).join("");
    chunk.append(grid);
    chunk.style.minHeight = "";
  }

  function show() {
    const {order, label, answer, verdict} = form.elements;
    chosen = [];
    for (let place = 0; place < N; place++) {
      if (label.value && data.label[place] !== Number(label.value)) continue;
      if (answer.value && data.answer[place] !== Number(answer.value)) continue;
      const right = data.label[place] === data.answer[place];
      if (verdict.value && right !== (verdict.value === "r")) continue;
      chosen.push(place);
    }
    if (order.value !== "mistakes") chosen.sort(orders[order.value]);
    watcher.disconnect();
    const chunks = [];
    for (let start = 0; start < chosen.length; start += CHUNK) {
      const chunk = document.createElement("div");
      chunk.className = "chunk";
      chunk.dataset.start = start;
      chunks.push(chunk);
    }
    list.replaceChildren(...chunks);
    if (chunks.length) fill(chunks[0]);
    guessHeights();
    for (const chunk of chunks.slice(1)) watcher.observe(chunk);
    tell();
  }

  function guessHeights() {
    const first = list.firstChild;
    if (!first) return;
    height = first.getBoundingClientRect().height;
    for (const chunk of list.children) if (!chunk.firstChild) chunk.style.minHeight = `${height}px`;
  }

  function tell() {
    const {label, answer, verdict} = form.elements;
    const wrong = chosen.filter(place => data.label[place] !== data.answer[place]).length;
    const parts = [`${chosen.length.toLocaleString("en")} of ${N.toLocaleString("en")} pictures`];
    parts.push(`${wrong.toLocaleString("en")} of them wrong`);
    if (label.value) parts.push(`label ${names[label.value]}`);
    if (answer.value) parts.push(`answer ${names[answer.value]}`);
    told.textContent = chosen.length ? parts.join(", ") : "No picture fits; choose less, or Show all.";
    for (const cell of cells) {
      const here = cell.dataset.label === label.value && cell.dataset.answer === answer.value;
      cell.setAttribute("aria-pressed", here && !verdict.value);
    }
  }

  for (const cell of cells) {
    cell.disabled = false;
    cell.addEventListener("click", () => {
      const again = cell.getAttribute("aria-pressed") === "true";
      form.elements.label.value = again ? "" : cell.dataset.label;
      form.elements.answer.value = again ? "" : cell.dataset.answer;
      form.elements.verdict.value = "";
      show();
      if (!again) form.scrollIntoView();
    });
  }
  form.addEventListener("change", show);
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  addEventListener("resize", guessHeights);

  addEventListener("beforeprint", () => {
    for (const chunk of list.children) {
      if (Number(chunk.dataset.start) < MOST_PRINTED) fill(chunk);
      else chunk.dataset.unprinted = "";
    }
    const left = chosen.length - MOST_PRINTED;
    unprinted.hidden = left <= 0;
    unprinted.textContent = `${left.toLocaleString("en")} more pictures are not printed; filters choose others.`;
  });
  addEventListener("afterprint", () => {
    for (const chunk of list.children) delete chunk.dataset.unprinted;
  });

  for (const hidden of document.querySelectorAll(".script")) hidden.hidden = false;
  show();
})();
