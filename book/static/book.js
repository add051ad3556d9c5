// Blocks that scroll sideways and the menus can be reached by keyboard; answers open when the page is
// printed.
"use strict";

(() => {
  const wide = ".highlight pre, pre.output, div.output, .table-wrapper, .equation";

  function reachable() {
    for (const block of document.querySelectorAll(wide)) {
      if (block.scrollWidth > block.clientWidth + 1) {
        block.tabIndex = 0;
      } else {
        block.removeAttribute("tabindex");
      }
    }
  }

  let waiting;
  addEventListener("load", reachable);
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(reachable, 150); });
  document.addEventListener("toggle", reachable, true);

  // The theme's menus hang on hidden checkboxes, whose labels only a pointer can press: buttons instead.
  const boxes = [...document.querySelectorAll(".sidebar-toggle")];
  for (const label of document.querySelectorAll(".nav-overlay-icon, .toc-overlay-icon")) {
    const box = document.getElementById(label.htmlFor);
    const button = document.createElement("button");
    const tell = () => button.setAttribute("aria-expanded", box.checked);
    button.type = "button";
    button.className = label.className;
    button.setAttribute("aria-label", box.getAttribute("aria-label"));
    button.append(...label.childNodes);
    button.addEventListener("click", () => box.click());
    box.addEventListener("change", tell);
    tell();
    label.replaceWith(button);
  }
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") boxes.filter((box) => box.checked).forEach((box) => box.click());
  });

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const answer of opened) answer.open = true;
  });
  addEventListener("afterprint", () => { for (const answer of opened) answer.open = false; });
})();
