// Takes over the plain form of a page on which a text is written. Without it the form works as it is.
import { Blocks } from "./blocks.js";
import { countWords } from "./counts.js";
import { Desk } from "./desk.js";
import { el, tabs } from "./dom.js";
import { readProblems } from "./marks.js";
import { Model } from "./model.js";
import { sourceView } from "./source.js";
import { Variables } from "./variables.js";

const area = document.getElementById("text");
const form = area?.closest("form[data-nonce]");
if (form) start(form, area);

function start(form, area) {
  const desk = new Desk({ area, nonce: form.dataset.nonce });
  const frame = area.closest(".desk-frame");
  const source = el("div", { className: "desk-source" });
  frame.append(source);
  desk.source = sourceView(desk, source);
  const blocks = new Blocks(desk);
  frame.append(blocks.element);
  stepAside(form, area, desk);
  const bar = form.querySelector(".desk-bar");
  const total = el("span", { className: "text-size" });
  const choice = tabs("How to write", [
    { name: "messages", label: desk.found.kind === "snippet" ? "Text" : "Messages", panel: blocks.element },
    { name: "source", label: "Source", panel: source },
  ], (name) => name === "source" && desk.source.requestMeasure());
  bar.append(total, choice.list);
  const count = () => { total.textContent = countWords(desk.text); };
  desk.watch(count);
  count();
  choice.show(desk.found.reason ? "source" : "messages");
  beside(form, desk);
  listen(form, desk);
  fetchKnown(desk);

}

/** The form's own field stays, holds the text and is sent; nobody needs to find it twice. */
function stepAside(form, area, desk) {
  area.classList.add("aside");
  area.tabIndex = -1;
  area.setAttribute("aria-hidden", "true");
  const label = form.querySelector("label[for=text]");
  label.addEventListener("click", (event) => {
    event.preventDefault();
    (form.querySelector(".cm-content:not([hidden] *)") ?? desk.source).focus();
  });
}

function beside(form, desk) {
  const side = form.querySelector(".side");
  if (!side) return;
  const first = side.querySelector(".side-first");
  const variables = new Variables(desk);
  const model = new Model(desk);
  first.after(variables.element, model.element);
  const choice = tabs("Beside the text", [
    { name: "preview", label: "Preview", panel: first },
    { name: "variables", label: "Variables", panel: variables.element },
    { name: "model", label: "Model", panel: model.element },
  ]);
  side.querySelector(".side-bar").replaceChildren(choice.list);
  const label = () => { choice.buttons[1].textContent = `Variables (${desk.scope.variables.size})`; };
  desk.watch(label);
  label();
  choice.show("preview");
}

function listen(form, desk) {
  form.addEventListener("submit", () => desk.flush(), { capture: true });
  for (const name of ["pagehide", "blur"]) window.addEventListener(name, () => desk.flush(), { capture: true });
  const check = () => {
    desk.problems = readProblems();
    desk.tell();
  };
  document.addEventListener("preview:shown", check);
  check();
}

async function fetchKnown(desk) {
  const answer = await fetch("/editing/known", { headers: { Accept: "application/json" }, redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const { models, snippets } = await answer.json();
  const byKey = (list) => new Map(list.map((one) => [one.key, one]));
  desk.learn({ models: byKey(models), snippets: byKey(snippets) });
}

