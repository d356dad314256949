// One message: its role, its text, and what can be done with it.
import { Annotation, EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { field } from "./cm/setup.js";
import { countWords } from "./counts.js";
import { el } from "./dom.js";
import { blockMarks } from "./marks.js";
import { trimmed } from "./yaml/edits.js";

const ROLES = ["system", "user", "assistant", "developer", "tool"];
const fromFile = Annotation.define();

export class Block {
  /** `acts` are what the list does: setRole(block, role), move(block, by), remove(block). */
  constructor(desk, acts) {
    Object.assign(this, { desk, acts, message: null, view: null, tail: "" });
    this.role = el("select", { onchange: () => acts.setRole(this, this.role.value) }, ...ROLES.map((role) => el("option", { textContent: role })));
    this.name = el("input", { className: "short", autocomplete: "off", onchange: () => acts.setName(this, this.name.value.trim()) });
    this.title = el("span", { className: "block-title" });
    this.count = el("span", { className: "text-size" });
    this.up = button("Move up", "↑", () => acts.move(this, -1));
    this.down = button("Move down", "↓", () => acts.move(this, 1));
    this.gone = button("Delete", "×", () => acts.remove(this));
    this.text = el("div", { className: "block-text" });
    const tools = el("span", { className: "block-tools" }, this.up, this.down, this.gone);
    const head = el("div", { className: "block-head" }, this.role, this.title, this.name, this.count, tools);
    this.element = el("li", { className: "block" }, head, this.text);
  }

  /** Show a message of the file: `place` is its number, `of` how many there are. */
  show(message, place, of) {
    Object.assign(this, { message, place });
    const { role, placeholder, content, label } = message;
    this.element.dataset.role = role ? String(role.value) : "placeholder";
    this.role.hidden = !role;
    this.name.hidden = !placeholder;
    this.title.textContent = placeholder ? "Messages of the caller:" : role ? "" : label;
    if (role && this.role.value !== role.value) this.role.value = String(role.value);
    if (placeholder) this.name.value = String(placeholder.value);
    this.#label(place, of);
    if (content) this.#fill(String(content.value));
    this.text.hidden = !content;
    this.count.textContent = content ? countWords(String(content.value)) : "";
  }

  focus() { (this.view ?? this.name).focus(); }

  drop() {
    if (this.view) this.desk.views.delete(this.view);
    this.view?.destroy();
    this.element.remove();
  }

  #label(place, of) {
    const which = `message ${place + 1}`;
    this.role.setAttribute("aria-label", `Role of ${which}`);
    this.name.setAttribute("aria-label", `Name of the list that stands for ${which}`);
    for (const [tool, verb] of [[this.up, "Move up"], [this.down, "Move down"], [this.gone, "Delete"]]) {
      tool.hidden = of === 0;
      tool.setAttribute("aria-label", `${verb}: ${which}`);
      tool.title = `${verb} ${which}`;
    }
    // Kept in reach of the keyboard: a button that is switched off would lose the focus that is on it.
    this.up.setAttribute("aria-disabled", String(place === 0));
    this.down.setAttribute("aria-disabled", String(place >= of - 1));
    this.gone.setAttribute("aria-disabled", String(of <= 1));
  }

  #fill(value) {
    const wanted = this.#shown(value);
    if (!this.view) return this.#make(wanted);
    const old = this.view.state.doc.toString();
    if (old === wanted) return;
    const changes = trimmed(old, { from: 0, to: old.length, insert: wanted });
    this.view.dispatch({ changes, annotations: fromFile.of(true) });
  }

  /** A block of text ends with a line end, which nobody needs to see as an empty line. */
  #shown(value) {
    const written = this.view && this.view.state.doc.toString() + this.tail === value;
    if (written) return value.slice(0, value.length - this.tail.length);
    this.tail = value.endsWith("\n") ? "\n" : "";
    return this.tail ? value.slice(0, -1) : value;
  }

  #make(doc) {
    const { desk } = this;
    const keys = [
      { key: "Mod-z", run: () => desk.back(), preventDefault: true },
      { key: "Mod-y", mac: "Mod-Shift-z", run: () => desk.again(), preventDefault: true },
      { key: "Ctrl-Shift-ArrowUp", run: () => this.acts.move(this, -1, true) },
      { key: "Ctrl-Shift-ArrowDown", run: () => this.acts.move(this, 1, true) },
    ];
    const marks = blockMarks(desk, () => this.message.content);
    const label = () => `Text of message ${this.place + 1}`;
    this.view = new EditorView({
      parent: this.text,
      state: EditorState.create({
        doc,
        extensions: [
          field(desk, { label: label(), marks, keys }),
          EditorView.contentAttributes.of(() => ({ "aria-label": this.message.label ?? label() })),
          EditorView.updateListener.of((update) => this.#typed(update)),
        ],
      }),
    });
    desk.views.add(this.view);
  }

  #typed(update) {
    if (!update.docChanged || update.transactions.some((one) => one.annotation(fromFile))) return;
    const text = update.state.doc.toString();
    this.desk.write(this.message.content, text && text + this.tail, Boolean(this.message.node?.flow));
  }
}

function button(label, sign, onclick) {
  return el("button", { type: "button", className: "tool", textContent: sign, "aria-label": label, onclick });
}
