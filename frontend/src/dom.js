// Making elements without markup in text, so that nothing typed can ever become an element.
export function el(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && !key.startsWith("aria") && key !== "for" && key !== "role") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Say something to who cannot see it. */
export function say(text) {
  const region = document.getElementById("heard");
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}

/** Return tabs for panels [{name, label, panel}]: arrow keys move, the choice shows its panel. */
export function tabs(label, entries, onShow = () => {}) {
  const list = el("div", { className: "choices", role: "tablist", "aria-label": label });
  const buttons = entries.map(({ name, label: text, panel }) => {
    panel.id ||= `panel-${name}`;
    panel.setAttribute("role", "tabpanel");
    const id = `tab-${name}`;
    panel.setAttribute("aria-labelledby", id);
    return el("button", {
      id, type: "button", role: "tab", "aria-controls": panel.id, textContent: text,
      onclick: () => show(name), onkeydown: (event) => step(event, name),
    });
  });
  list.append(...buttons);

  function show(name, focus = false) {
    entries.forEach((entry, index) => {
      const chosen = entry.name === name;
      entry.panel.hidden = !chosen;
      buttons[index].setAttribute("aria-selected", String(chosen));
      buttons[index].tabIndex = chosen ? 0 : -1;
      if (chosen && focus) buttons[index].focus();
    });
    onShow(name);
  }

  function step(event, name) {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!move) return;
    event.preventDefault();
    const at = entries.findIndex((entry) => entry.name === name);
    show(entries[(at + move + entries.length) % entries.length].name, true);
  }

  return { list, show, buttons };
}
