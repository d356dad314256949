// Which model the prompt is sent to, and what its parameters mean.
import { el, say } from "./dom.js";
import { setModel } from "./yaml/moves.js";

export class Model {
  constructor(desk) {
    this.desk = desk;
    this.choice = el("select", { id: "model-choice", onchange: () => this.#choose() });
    this.facts = el("div", { className: "model-facts" });
    const label = el("label", { for: "model-choice", textContent: "Model" });
    this.none = el("p", { className: "quiet", textContent: "Only prompts name a model." });
    this.field = el("div", { className: "field" }, label, this.choice);
    this.element = el("div", { className: "panel-body" }, this.none, this.field, this.facts);
    desk.watch(() => this.show());
    this.show();
  }

  show() {
    const { found, scope } = this.desk;
    const isPrompt = found.kind === "prompt";
    this.none.hidden = isPrompt;
    this.field.hidden = this.facts.hidden = !isPrompt;
    if (!isPrompt) return;
    const key = found.model.split("@")[0];
    this.#options(key, found.model, scope.known);
    this.#describe(scope.known?.models.get(key), key, scope.known);
  }

  #options(key, written, known) {
    const keys = [...(known?.models.keys() ?? [])];
    const other = written && (written !== key || !keys.includes(key)) ? [written] : [];
    const wanted = JSON.stringify([keys, other]);
    if (this.offered !== wanted) {
      this.offered = wanted;
      const option = (value, text = value) => el("option", { value, textContent: text });
      this.choice.replaceChildren(option("", "None: the caller decides"), ...other.map((one) => option(one)), ...keys.map((one) => option(one)));
    }
    this.choice.value = written;
  }

  #describe(model, key, known) {
    if (!model) {
      const text = key && known ? `There is no model '${key}'.` : key ? "" : "The program that asks for this prompt chooses the model itself.";
      this.facts.replaceChildren(el("p", { className: "quiet", textContent: text }));
      return;
    }
    const lines = model.params.map((words) => el("li", { textContent: words }));
    this.facts.replaceChildren(
      el("p", { textContent: model.description || "" }),
      el("p", {}, el("strong", { textContent: model.name }), ` of ${model.provider}, v${model.version}`),
      el("ul", { className: "plain-list" }, ...lines),
      el("p", {}, el("a", { href: `/artifacts/${model.key}`, textContent: "Its page" })),
    );
  }

  #choose() {
    this.desk.apply(setModel(this.desk.found, this.choice.value));
    say(this.choice.value ? `The model is now ${this.choice.value}.` : "The prompt names no model now.");
  }
}
