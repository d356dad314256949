// Each feature of the overview is a folder that closes; which ones are closed is remembered for each person here.
(() => {
  "use strict";
  const store = `folders ${document.currentScript.dataset.person}`;
  const read = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(store) || "[]");
      return new Set(Array.isArray(kept) ? kept : []);
    } catch { return new Set(); }
  };
  for (const body of document.querySelectorAll("tbody[data-folder]")) {
    const name = body.dataset.folder;
    const rows = [...body.rows].slice(1);
    const heading = body.querySelector("h2");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "folding";
    const set = (open) => {
      for (const row of rows) row.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
      button.setAttribute("aria-label", `Show the artifacts of ${heading.textContent}`);
    };
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      set(open);
      const closed = read();
      if (open) closed.delete(name); else closed.add(name);
      try { localStorage.setItem(store, JSON.stringify([...closed])); } catch { /* not remembered, then */ }
    });
    set(!read().has(name));
    heading.before(button);
  }
})();
