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

  const menus = [...document.querySelectorAll(".sidebar-toggle")];
  addEventListener("keydown", (event) => {
    const menu = menus.find((box) => (event.key === "Escape" ? box.checked : box === event.target));
    if (menu && (event.key === "Escape" || event.key === "Enter")) {
      menu.checked = event.key === "Enter" && !menu.checked;
      menu.focus();
    }
  });

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const answer of opened) answer.open = true;
  });
  addEventListener("afterprint", () => { for (const answer of opened) answer.open = false; });
})();
