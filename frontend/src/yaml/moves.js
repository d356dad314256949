// Adding, moving and taking out whole messages and variables of a file.
import { isMap } from "yaml";
import { tagsOf } from "../tags.js";
import { addBefore, addField, columnOf, lineEnd, lineStart, removeAt, setField } from "./edits.js";
import { nodeOf } from "./outline.js";
import { writeInline } from "./scalars.js";

/** Return the change that puts a new message after the one at `index`. */
export function addMessage({ text, messages }, index, role = "user") {
  const at = chunk(text, messages, index).to;
  const space = " ".repeat(dashColumn(text, messages[index]));
  const fields = role === "placeholder" ? "placeholder: history" : `role: ${role}\n${space}  content: ""`;
  return { from: at, to: at, insert: `${text[at - 1] === "\n" ? "" : "\n"}${space}- ${fields}\n` };
}

/** Return the change that takes a message out. */
export function removeMessage({ text, messages }, index) {
  return { ...chunk(text, messages, index), insert: "" };
}

/** Return the change that swaps a message with the one below it. */
export function swapMessages({ text, messages }, index) {
  const [upper, lower] = [chunk(text, messages, index), chunk(text, messages, index + 1)];
  const [above, below] = [text.slice(upper.from, upper.to), text.slice(lower.from, lower.to)];
  const insert = below.endsWith("\n") ? below + above : `${below}\n${above.replace(/\n$/, "")}`;
  return { from: upper.from, to: lower.to, insert };
}

/** Return the change that declares a variable. */
export function addVariable({ text, root }, name, declaration) {
  const map = nodeOf(root, "variables");
  const line = `${name}: ${writeInline(declaration)}`;
  if (isMap(map) && map.items.length) return addField(text, map, line);
  const lines = `variables:\n  ${line}\n`;
  const empty = root.items.findIndex((pair) => pair.key.value === "variables");
  return empty < 0 ? addBefore(text, root, ["messages", "text"], lines) : { ...removeAt(text, root, empty), insert: lines };
}

/** Return the change that takes a declaration out, and the whole field with the last one. */
export function removeVariable({ text, root }, name) {
  const map = nodeOf(root, "variables");
  const at = map.items.findIndex((pair) => String(pair.key.value) === name);
  if (map.items.length > 1) return removeAt(text, map, at);
  return removeAt(text, root, root.items.findIndex((pair) => pair.key.value === "variables"));
}

/** Return the changes that give a variable another name, where it is declared and where texts use it. */
export function renameVariable({ text, root, texts }, name, other) {
  const key = nodeOf(root, "variables").items.find((pair) => String(pair.key.value) === name).key;
  const uses = texts.flatMap((node) => {
    const slice = text.slice(node.range[0], node.range[1]);
    return tagsOf(slice).filter((tag) => (tag.kind === "name" || tag.kind === "if") && tag.value === name).map((tag) => {
      const at = node.range[0] + tag.from + slice.slice(tag.from, tag.to).lastIndexOf(name);
      return { from: at, to: at + name.length, insert: other };
    });
  });
  return [{ from: key.range[0], to: key.range[1], insert: other }, ...uses];
}

/** Return the change of one field of a declaration; undefined takes it out. */
export function declare({ text, root, variables }, name, field, value) {
  const node = variables.get(name);
  if (isMap(node)) return setField(text, node, field, value);
  if (value === undefined) return null;
  return setField(text, nodeOf(root, "variables"), name, { type: "string", [field]: value });
}

/** Return the change that names another model, or with "" none. */
export function setModel({ text, root }, key) {
  const known = nodeOf(root, "model");
  if (known) return setField(text, root, "model", key || undefined);
  return key ? addBefore(text, root, ["variables", "messages"], `model: ${key}\n`) : null;
}

/** Return the lines of a message, with the comments above it. */
function chunk(text, messages, index) {
  const [from, to] = messages[index].node.range;
  const start = index ? lineEnd(text, messages[index - 1].node.range[1]) : dashLine(text, from);
  return { from: start, to: lineEnd(text, to) };
}

function dashLine(text, at) {
  const line = lineStart(text, at);
  return text.slice(line, at).includes("-") ? line : lineStart(text, text.lastIndexOf("-", at));
}

function dashColumn(text, message) {
  return columnOf(text, text.lastIndexOf("-", message.node.range[0]));
}
