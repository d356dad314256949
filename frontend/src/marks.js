// What is marked in a field: what the rules find as it is typed, and what the server's last check said.
import { findings } from "./findings.js";
import { addVariable } from "./yaml/moves.js";

/** Return the diagnostics of the source view. */
export function sourceMarks(desk) {
  return (view) => {
    const { doc } = view.state;
    const text = desk.text;
    if (doc.length !== text.length) return [];
    const own = desk.found.texts.flatMap((node) => {
      const [from, to] = node.range;
      return moved(findings(text.slice(from, to), desk.scope), from);
    });
    return [...own, ...serverMarks(desk, own, doc, 1, doc.lines, 0)].map((found) => withAction(desk, found));
  };
}

/** Return the diagnostics of a message's field; `node()` is its scalar in the file. */
export function blockMarks(desk, node) {
  return (view) => {
    const { doc } = view.state;
    const own = findings(doc.toString(), desk.scope);
    const [first, last, skip] = lines(desk.text, node());
    return [...own, ...serverMarks(desk, own, doc, first, last, first + skip - 1)].map((found) => withAction(desk, found));
  };
}

/** Read the problems that the server's check put on the page. */
export function readProblems() {
  return Array.from(document.querySelectorAll("#preview [data-line]"), (item) => ({
    line: Number(item.dataset.line), message: item.dataset.message,
  }));
}

function serverMarks(desk, own, doc, first, last, above) {
  return desk.problems.filter(({ line }) => line >= first && line <= last).map(({ line, message }) => {
    const at = doc.line(Math.min(Math.max(line - above, 1), doc.lines));
    return { from: at.from, to: at.to, severity: "error", message, source: "check" };
  }).filter((found) => !own.some((one) => one.severity === "error" && one.from <= found.to && one.to >= found.from));
}

/** Return [first line, last line, lines of a block's header] of a scalar in the file. */
function lines(text, node) {
  const count = (at) => text.slice(0, at).split("\n").length;
  const first = count(node.range[0]);
  const isBlock = /[|>]/.test(text[node.range[0]]);
  return [first, count(node.range[1] - 1), isBlock ? 1 : 0];
}

function withAction(desk, found) {
  const { declare: name, ...diagnostic } = found;
  if (!name || !desk.found.root) return diagnostic;
  const apply = () => desk.apply(addVariable(desk.found, name, { type: "string", required: true }));
  return { ...diagnostic, actions: [{ name: `Declare '${name}'`, apply }] };
}

const moved = (list, by) => list.map((found) => ({ ...found, from: found.from + by, to: found.to + by }));
