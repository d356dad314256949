// The file that is being written. Its text in the source view is the truth; panels show parts of it and change it
// through `apply`. The form's own field follows, so that all around the editor listens to that field alone.
import { isolateHistory, redo, undo } from "@codemirror/commands";
import { StateEffect, Transaction } from "@codemirror/state";
import { inheritedNames } from "./findings.js";
import { declared, outline, shifted } from "./yaml/outline.js";
import { setText, trimmed } from "./yaml/edits.js";

const LONG = 20_000;
const PAUSE = 250;
const news = StateEffect.define();

export class Desk {
  constructor({ area, nonce }) {
    Object.assign(this, { area, nonce, source: null, problems: [], views: new Set(), watchers: new Set() });
    this.scope = { variables: new Map(), inherited: new Set(), known: null };
    this.found = outline(area.value);
    this.isNews = (transaction) => transaction.effects.some((effect) => effect.is(news));
    this.#readScope();
    for (const name of ["change", "input"]) area.addEventListener(name, () => this.#takeOver());
  }

  get text() { return this.found.text; }

  /** Call `watch(desk)` whenever the file's parts may have changed. */
  watch(watcher) { this.watchers.add(watcher); }

  /** Change the file. */
  apply(changes, userEvent = "input") {
    if (!changes || (Array.isArray(changes) && !changes.length)) return;
    this.#dispatch(changes, Transaction.userEvent.of(userEvent), isolateHistory.of("full"));
    this.refresh();
  }

  /** Take the last change of the file back, wherever it was made; or make it again. */
  back() { return undo(this.source) && this.refresh(); }
  again() { return redo(this.source) && this.refresh(); }

  /** Give a text of the file other words; a long file is not read again for each letter. */
  write(node, value, flow) {
    const change = setText(this.text, node, value, { flow });
    const small = trimmed(this.text, change);
    const [from, to] = node.range;
    this.#dispatch(small, Transaction.userEvent.of("input.type"));
    if (this.text.length < LONG || small.from <= from + 1 || small.to >= to || change.to !== to) {
      this.refresh();
      return;
    }
    const text = this.source.state.doc.toString();
    shifted(this.found, node, small.insert.length - (small.to - small.from), text);
    this.#later();
  }

  /** The source view tells of every change, also of those that `apply` made. */
  changed(update) {
    if (!update.docChanged) return;
    this.#mirror();
    if (!this.writing) this.#later();
  }

  /** Read the file again, and tell everybody. */
  refresh() {
    clearTimeout(this.timer);
    this.found = outline(this.source.state.doc.toString());
    this.#readScope();
    this.watchers.forEach((watch) => watch(this));
    this.tell();
    return true;
  }

  /** Let every field look again at its names and marks. */
  tell() {
    for (const view of [this.source, ...this.views]) view.dispatch({ effects: news.of(null) });
  }

  learn(known) {
    this.scope.known = known;
    this.refresh();
  }

  /** Take over what was set from outside. */
  #takeOver() {
    if (this.mirroring || this.area.value === this.source.state.doc.toString()) return;
    const all = { from: 0, to: this.source.state.doc.length, insert: this.area.value };
    this.apply(trimmed(this.source.state.doc.toString(), all), "input.paste");
  }

  #dispatch(changes, ...annotations) {
    this.writing = true;
    this.source.dispatch({ changes, annotations });
    this.writing = false;
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), PAUSE);
  }

  /** A long text is copied when the typing rests: laying it out in the field costs more than the letter did. */
  #mirror() {
    const long = this.source.state.doc.length >= LONG;
    if (this.frame && !long) return;
    clearTimeout(this.frame);
    this.frame = long ? setTimeout(() => this.flush(), PAUSE) : setTimeout(() => requestAnimationFrame(() => this.flush()));
  }

  /** Put what was typed last into the form's field now; what others set there stays. */
  flush() {
    if (!this.frame) return;
    clearTimeout(this.frame);
    this.frame = null;
    const text = this.source.state.doc.toString();
    if (this.area.value === text) return;
    this.mirroring = true;
    this.area.value = text;
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    this.mirroring = false;
  }

  #readScope() {
    if (!this.found.root) return;
    this.scope.variables = declared(this.found);
    const { texts } = this.found;
    this.scope.inherited = inheritedNames(texts.map((node) => String(node.value)), this.scope.known);
  }
}
