// Changes of a file's text, {from, to, insert}: everything beside the changed part stays as it was written.
import { isScalar } from "yaml";
import { writeInline, writeText } from "./scalars.js";

/** Return the change that gives a scalar another text, in the style in which it is written. */
export function setText(text, node, value, { flow = false } = {}) {
  const [from, end] = node.range;
  const old = text.slice(from, end);
  const column = keyColumn(text, from);
  const wasBlock = /^[|>]/.test(old);
  const isLast = wasBlock || restOfLine(text, end).trim() === "";
  const written = writeText(value, {
    indent: (wasBlock && indentOf(old)) || column + 2,
    block: wasBlock, quoted: /^["']/.test(old) && node.value !== "", flow: flow || !isLast,
  });
  const keeps = wasBlock && /^\|2?\+/.test(written);
  const to = keeps ? afterBlankLines(text, end) : end;
  return { from, to, insert: old.endsWith("\n") && wasBlock ? `${written}\n` : written };
}

/** Return the smallest change with the same outcome. */
export function trimmed(text, change) {
  const old = text.slice(change.from, change.to);
  const { insert } = change;
  const most = Math.min(old.length, insert.length);
  let start = 0;
  while (start < most && old.charCodeAt(start) === insert.charCodeAt(start)) start += 1;
  let end = 0;
  while (end < most - start && old.charCodeAt(old.length - 1 - end) === insert.charCodeAt(insert.length - 1 - end)) end += 1;
  return { from: change.from + start, to: change.to - end, insert: insert.slice(start, insert.length - end) };
}

/** Return the change that sets a field of a map to a value; undefined takes it out. */
export function setField(text, map, key, value) {
  const at = map.items.findIndex((pair) => String(pair.key.value) === key);
  if (value === undefined) return at < 0 ? null : removeAt(text, map, at);
  if (at >= 0) return setValue(text, map, map.items[at], value);
  return addField(text, map, `${key}: ${writeInline(value)}`);
}

/** Return the change that takes a field out of a map. */
export function removeAt(text, map, at) {
  const { items } = map;
  if (map.flow) {
    const from = at > 0 ? endOf(items[at - 1]) : items[at].key.range[0];
    const to = at > 0 ? endOf(items[at]) : items[1] ? items[1].key.range[0] : endOf(items[at]);
    return { from, to, insert: "" };
  }
  return { from: lineStart(text, items[at].key.range[0]), to: lineEnd(text, endOf(items[at])), insert: "" };
}

/** Return the change that adds a field, written `key: value`, at the end of a map. */
export function addField(text, map, line) {
  const last = map.items.at(-1);
  if (map.flow) {
    if (!last) return { from: map.range[0], to: map.range[1], insert: `{${line}}` };
    return { from: endOf(last), to: endOf(last), insert: `, ${line}` };
  }
  const at = lineEnd(text, endOf(last));
  const space = " ".repeat(columnOf(text, map.items[0].key.range[0]));
  return { from: at, to: at, insert: `${text[at - 1] === "\n" ? "" : "\n"}${space}${line}\n` };
}

/** Return the change that puts a new line of the file before the first of `names`, else at its end. */
export function addBefore(text, root, names, lines) {
  const pair = root.items.find((one) => names.includes(String(one.key.value)));
  const at = pair ? lineStart(text, pair.key.range[0]) : text.length;
  return { from: at, to: at, insert: lines };
}

export const lineStart = (text, at) => text.lastIndexOf("\n", at - 1) + 1;

/** Return where the next line begins, or the same place at the beginning of one. */
export function lineEnd(text, at) {
  if (at > 0 && text[at - 1] === "\n") return at;
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

export const columnOf = (text, at) => at - lineStart(text, at);

function setValue(text, map, pair, value) {
  const node = pair.value;
  if (isScalar(node) && node.range && typeof value === "string" && typeof node.value === "string") {
    return setText(text, node, value, { flow: map.flow });
  }
  if (!node?.range || node.range[0] === node.range[1]) {
    const at = node?.range ? node.range[0] : pair.key.range[1] + 1;
    return { from: at, to: at, insert: ` ${writeInline(value)}` };
  }
  const isBlock = !isScalar(node) && !node.flow;
  const from = isBlock ? afterColon(text, pair) : node.range[0];
  const ends = text.slice(node.range[0], node.range[1]).endsWith("\n") ? "\n" : "";
  return { from, to: node.range[1], insert: `${isBlock ? " " : ""}${writeInline(value)}${ends}` };
}

const afterColon = (text, pair) => text.indexOf(":", pair.key.range[1]) + 1;

function endOf(pair) {
  return pair.value?.range ? pair.value.range[1] : pair.key.range[1] + 1;
}

function keyColumn(text, at) {
  const line = text.slice(lineStart(text, at), at);
  return /^[ ]*(?:- +)?/.exec(line)[0].length;
}

function indentOf(block) {
  if (/^[|>][+-]?\d/.test(block)) return 0;
  const line = block.split("\n").slice(1).find((one) => one.trim());
  return line ? /^ */.exec(line)[0].length : 0;
}

function restOfLine(text, at) {
  const end = text.indexOf("\n", at);
  return text.slice(at, end < 0 ? text.length : end);
}

function afterBlankLines(text, at) {
  const found = /^(?:[ \t]*\n)+/.exec(text.slice(at, at + 2000));
  return found ? at + found[0].length : at;
}
