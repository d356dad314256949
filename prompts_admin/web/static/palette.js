// The command palette: Ctrl-K or Cmd-K. Without script its button is a link to the search page, which finds the same.
(() => {
  "use strict";
  const opener = document.querySelector("a.find");
  if (!opener || !HTMLDialogElement.prototype.showModal) return;
  const store = `recent ${document.currentScript.dataset.person}`;
  const MOST = 7, RECENT = 8, PAUSE = 150;

  // Recent places of this person, in this browser alone.
  const place = /^\/(artifacts\/[^/]+\/[^/]+|features\/[^/]+|releases\/\d+)(?:\/|$)/.exec(location.pathname);
  const recent = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(store) || "[]");
      return Array.isArray(kept) ? kept.filter((path) => typeof path === "string" && /^\/[a-z]/.test(path)) : [];
    } catch { return []; }
  };
  if (place && !document.querySelector("[data-missing]")) {
    const path = `/${place[1]}`;
    try { localStorage.setItem(store, JSON.stringify([path, ...recent().filter((old) => old !== path)].slice(0, RECENT))); } catch { /* full or forbidden: nothing to remember */ }
  }
  const named = (path) => {
    const [, kind, ...rest] = path.split("/");
    return { label: kind === "artifacts" ? rest.join("/") : kind === "releases" ? `Release ${rest[0]}` : rest[0], hint: kind.slice(0, -1), href: path };
  };

  // Fuzzy: the letters in order; better in one piece, at the beginning of a word, in a short name.
  const score = (label, asked) => {
    const text = label.toLowerCase();
    const whole = text.indexOf(asked);
    if (whole >= 0) return 1000 - whole * 2 - text.length + (whole === 0 || /[\s/_-]/.test(text[whole - 1]) ? 200 : 0);
    let at = -1, points = 0;
    for (const letter of asked) {
      if (letter === " ") continue;
      const next = text.indexOf(letter, at + 1);
      if (next < 0) return -1;
      points += next === at + 1 ? 8 : next === 0 || /[\s/_-]/.test(text[next - 1]) ? 6 : 0;
      at = next;
    }
    return points - text.length;
  };
  const best = (items, asked, most = MOST) => items
    .map((item) => ({ item, points: score(item.label, asked) }))
    .filter((found) => found.points > -1e3 && found.points !== -1)
    .sort((left, right) => right.points - left.points || left.item.label.localeCompare(right.item.label))
    .slice(0, most)
    .map((found) => found.item);

  let known = null;
  const load = async () => {
    if (known) return known;
    const answer = await fetch("/palette", { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) throw new Error("The palette could not be filled.");
    const told = await answer.json();
    known = {
      pages: told.pages.map(([label, href]) => ({ label, href, hint: "page" })),
      features: told.features.map(([key, title]) => ({ label: title, href: `/features/${key}`, hint: "feature" })),
      artifacts: told.artifacts.map(([key, kind]) => ({ label: key, href: `/artifacts/${key}`, hint: kind })),
      actions: told.actions,
    };
    return known;
  };

  // "roll tri": the words before the last ones name an action, the last ones an artifact.
  const actions = (asked) => {
    const words = asked.split(/\s+/);
    for (const [verb, href] of known.actions) {
      const parts = verb.toLowerCase().split(" ");
      let count = 0;
      while (count < words.length && count < parts.length && words[count].length > 1 && parts[count].startsWith(words[count])) count += 1;
      if (!count) continue;
      const rest = words.slice(count).join(" ");
      const found = rest ? best(known.artifacts, rest, 5) : recent().filter((path) => path.startsWith("/artifacts/")).map(named).slice(0, 5);
      if (found.length) return found.map((item) => ({ label: `${verb} ${item.label}`, href: href.replace("KEY", item.label), hint: "do" }));
    }
    return [];
  };
  const groupsFor = (asked, texts) => {
    const everywhere = { label: asked ? `Search texts for “${asked}”` : "Search everything", href: asked ? `/search?q=${encodeURIComponent(asked)}` : "/search", hint: "search" };
    if (!asked) return [["Recent", recent().filter((path) => path !== location.pathname).map(named)], ["Pages", [...known.pages, everywhere]]];
    const number = /^(?:release\s*)?#?\s*(\d{1,9})$/.exec(asked);
    const named_ = [...best(known.artifacts, asked)];
    const shown = new Set(named_.map((item) => item.href));
    return [
      ["Releases", number ? [{ label: `Release ${Number(number[1])}`, href: `/releases/${Number(number[1])}`, hint: "release" }] : []],
      ["Do", actions(asked)],
      ["Artifacts", named_],
      ["Features", best(known.features, asked, 4)],
      ["Pages", best(known.pages, asked, 4)],
      ["In texts", texts.filter((item) => !shown.has(item.href))],
      ["Search", [everywhere]],
    ];
  };

  // The dialog: a combobox that owns a listbox; the field keeps the focus, the active option is told by its id.
  const make = (name, attributes = {}, ...inside) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  };
  const field = make("input", { type: "text", role: "combobox", "aria-label": "Find or do", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", placeholder: "Name, release number, or “roll back …”", maxlength: "200" });
  const list = make("div", { id: "palette-list", role: "listbox", "aria-label": "Found" });
  const told = make("p", { class: "unheard", role: "status" });
  const dialog = make("dialog", { class: "palette", "aria-label": "Find or do" }, field, list, told,
    make("p", { class: "palette-keys", "aria-hidden": "true" }, make("kbd", {}, "↑"), make("kbd", {}, "↓"), " choose  ", make("kbd", {}, "Enter"), " open  ", make("kbd", {}, "Esc"), " close"));
  document.body.append(dialog);

  let active = 0, texts = [], turn = 0, timer = 0;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const choose = (index) => {
    const all = options();
    if (!all.length) return field.removeAttribute("aria-activedescendant");
    active = (index + all.length) % all.length;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    field.setAttribute("aria-activedescendant", all[active].id);
    all[active].scrollIntoView({ block: "nearest" });
  };
  const show = () => {
    let count = 0;
    const option = (item) => {
      const parts = [make("span", { class: "palette-label" }, item.label)];
      if (item.about) parts.push(make("span", { class: "palette-about" }, item.about));
      return make("div", { role: "option", id: `palette-${count += 1}`, "data-href": item.href, "aria-selected": "false" }, make("span", { class: "palette-text" }, ...parts), make("span", { class: "palette-hint" }, item.hint));
    };
    const groups = groupsFor(field.value.trim().toLowerCase(), texts).filter(([, items]) => items.length);
    list.replaceChildren(...groups.map(([name, items]) => make("div", { role: "group", "aria-label": name }, make("div", { class: "palette-group", "aria-hidden": "true" }, name), ...items.map(option))));
    told.textContent = `${count} found`;
    choose(Math.min(active, Math.max(count - 1, 0)));
  };
  const search = async (asked, mine) => {
    try {
      const answer = await fetch(`/api/v1/search?limit=6&q=${encodeURIComponent(asked)}`, { headers: { Accept: "application/json" }, redirect: "error" });
      if (!answer.ok || mine !== turn) return;
      const { items } = await answer.json();
      if (mine !== turn) return;
      texts = items.map((item) => ({ label: item.key, href: `/artifacts/${item.key}`, hint: item.kind, about: item.hits.length ? item.hits[0].pieces.map((piece) => piece.text).join("") : item.description }));
      show();
    } catch { /* The server is away: what is known already stays. */ }
  };
  const go = (option, elsewhere) => {
    if (!option) return;
    if (elsewhere) window.open(option.dataset.href, "_blank", "noopener");
    else location.assign(option.dataset.href);
    dialog.close();
  };
  field.addEventListener("input", () => {
    const asked = field.value.trim();
    turn += 1;
    active = 0;
    texts = [];
    show();
    clearTimeout(timer);
    if (asked.length > 1) timer = setTimeout(search, PAUSE, asked, turn);
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(active + step);
    else if (event.key === "Enter") go(options()[active], event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  });
  list.addEventListener("click", (event) => go(event.target.closest("[role=option]"), event.ctrlKey || event.metaKey));
  list.addEventListener("pointermove", (event) => {
    const at = options().indexOf(event.target.closest("[role=option]"));
    if (at >= 0 && at !== active) choose(at);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  const open = async () => {
    if (dialog.open) return dialog.close();
    try { await load(); } catch { return location.assign("/search"); }
    field.value = "";
    texts = [];
    active = 0;
    dialog.showModal();
    show();
    field.focus();
  };
  const button = make("button", { type: "button", class: "find", "aria-haspopup": "dialog", "aria-keyshortcuts": "Control+K Meta+K" }, ...opener.childNodes);
  opener.replaceWith(button);
  button.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    event.stopPropagation();
    open();
  }, true);
})();
