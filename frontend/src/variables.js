// The declarations of variables, as a form.
import { el, say } from "./dom.js";
import { isName } from "./tags.js";
import { addVariable, declare, removeVariable, renameVariable } from "./yaml/moves.js";

const TYPES = ["string", "integer", "number", "boolean", "list", "object"];
const VALUES = [["default", "Default"], ["example", "Example"]];

export class Variables {
  constructor(desk) {
    this.desk = desk;
    this.list = el("div", { className: "variables" });
    this.empty = el("p", { className: "quiet", textContent: "No variables yet. A variable is a value that your program puts into the text, for instance the words of a customer." });
    this.name = el("input", { id: "new-variable", autocomplete: "off", spellcheck: false, onkeydown: (event) => event.key === "Enter" && this.#add(event) });
    this.wrong = el("p", { className: "wrong", role: "alert", id: "new-variable-wrong" });
    const add = el("button", { type: "button", textContent: "Add a variable", onclick: (event) => this.#add(event) });
    const label = el("label", { for: "new-variable", textContent: "Another variable" });
    this.name.setAttribute("aria-describedby", this.wrong.id);
    this.adding = el("div", { className: "field new-variable" }, label, el("div", { className: "beside" }, this.name, add), this.wrong);
    this.element = el("div", { className: "panel-body" }, this.empty, this.list, this.adding);
    this.shown = "";
    desk.watch(() => this.show());
    this.show();
  }

  /** Show the declarations, unless they are as shown: nobody's cursor shall jump. */
  show() {
    const { found, scope } = this.desk;
    const entries = found.root ? [...scope.variables] : [];
    const now = JSON.stringify(entries);
    this.adding.hidden = Boolean(found.reason);
    this.empty.hidden = entries.length > 0;
    if (now === this.shown) return;
    this.shown = now;
    const focused = document.activeElement?.id;
    const open = new Set(Array.from(this.list.querySelectorAll("details[open]"), (one) => one.dataset.name));
    this.list.replaceChildren(...entries.map(([name, fields]) => this.#card(name, fields ?? {}, open.has(name))));
    if (focused && this.list.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused).focus();
  }

  #card(name, fields, open) {
    const id = (field) => `variable-${name}-${field}`;
    const set = (field, value) => this.desk.apply(declare(this.desk.found, name, field, value));
    const summary = el("summary", {}, el("code", { textContent: name }), el("span", { className: "quiet", textContent: words(fields) }));
    const type = el("select", { id: id("type"), onchange: () => set("type", type.value) }, ...TYPES.map((one) => el("option", { textContent: one })));
    type.value = fields.type ?? "string";
    const required = el("input", { type: "checkbox", id: id("required"), checked: fields.required === true, onchange: () => set("required", required.checked || undefined) });
    const rows = [
      line(id("name"), "Name", name, (value, input) => this.#rename(name, value, input)),
      el("div", { className: "field" }, el("label", { for: type.id, textContent: "Type" }), type),
      el("div", { className: "tick" }, required, el("label", { for: required.id, textContent: "The caller must give it" })),
      ...VALUES.map(([field, label]) => line(id(field), label, shown(fields[field]), (text) => set(field, typed(type.value, text)))),
      line(id("description"), "Description", fields.description ?? "", (value) => set("description", value || undefined)),
      el("button", { type: "button", className: "link", textContent: `Take out ${name}`, onclick: () => this.#remove(name) }),
    ];
    return el("details", { open, "data-name": name }, summary, ...rows);
  }

  #add(event) {
    event.preventDefault();
    const name = this.name.value.trim();
    const taken = this.desk.scope.variables.has(name);
    this.wrong.textContent = taken ? `'${name}' is declared already.` : isName(name) ? "" : "Use letters, digits and '_', no digit first.";
    if (this.wrong.textContent) return this.name.focus();
    this.name.value = "";
    this.desk.apply(addVariable(this.desk.found, name, { type: "string", required: true }));
    const card = this.list.querySelector(`[data-name="${name}"]`);
    card.open = true;
    card.querySelector("select").focus();
    return say(`The variable ${name} is declared. Write {{${name}}} where it belongs.`);
  }

  #remove(name) {
    this.desk.apply(removeVariable(this.desk.found, name), "delete");
    this.name.focus();
    say(`The variable ${name} is taken out.`);
  }

  #rename(name, value, input) {
    const other = value.trim();
    if (other === name) return;
    if (!isName(other) || this.desk.scope.variables.has(other)) {
      input.value = name;
      say(`'${other}' cannot be its name.`);
      return;
    }
    this.desk.apply(renameVariable(this.desk.found, name, other), "rename");
    say(`${name} is now called ${other}, in the texts too.`);
  }
}

function line(id, label, value, onSet) {
  // A field of one line would lose the line ends of a longer example.
  const isLong = value.includes("\n") || value.length > 60;
  const input = el(isLong ? "textarea" : "input", { id, value, rows: isLong ? 3 : null, autocomplete: "off" });
  input.addEventListener("change", () => onSet(input.value, input));
  return el("div", { className: "field" }, el("label", { for: id, textContent: label }), input);
}

function words(fields) {
  const parts = [fields.type ?? "string", fields.required ? "required" : "optional"];
  if (fields.default !== undefined) parts.push(`else ${shown(fields.default) || "empty"}`);
  return parts.join(", ");
}

const shown = (value) => (value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value));

/** Return a typed text as a value; what is no JSON stays text, and the check says what is wrong. */
function typed(type, text) {
  if (text === "") return undefined;
  if (type === "string") return text;
  try { return JSON.parse(text); } catch { return text; }
}
