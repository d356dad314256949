// Where things stand in a file: the parts that the panels show, each with its place in the text.
import { isMap, isScalar, isSeq, parseDocument, visit } from "yaml";

const OPTIONS = { version: "1.2", prettyErrors: false, uniqueKeys: true, logLevel: "silent" };
const TEXT_FIELDS = new Set(["role", "content"]);

/**
 * Read a file. Returns {text, root, kind, messages, texts, variables, model, reason}; `reason` says why it can only
 * be edited as text, and is empty otherwise. `texts` are the scalars that hold templates.
 */
export function outline(text) {
  const read = parseDocument(text, OPTIONS);
  const root = read.contents;
  const none = { text, root: null, kind: "", messages: [], texts: [], variables: new Map(), model: "" };
  if (read.errors.length) return { ...none, reason: "The file cannot be read. The source says where." };
  if (!isMap(root) || root.flow) return { ...none, reason: "The file does not hold one field a line." };
  const kind = String(root.get("kind") ?? "");
  const messages = messagesOf(root);
  const found = { ...none, root, kind, messages: messages ?? [], variables: variablesOf(root), model: wordOf(root, "model") };
  found.texts = textsOf(root, found);
  return { ...found, reason: reasonFor(kind, messages, root) };
}

/** Take over a change within one scalar, without reading the file again; `text` is the file after it. */
export function shifted(found, node, delta, text) {
  const end = node.range[1];
  const [start] = node.range;
  visit(found.root, { Node: (_, one) => { one.range = one.range?.map((at) => (at >= end ? at + delta : at)); } });
  node.range[0] = start;
  found.text = text;
}

/** Return the declarations as plain values, by name. */
export function declared(found) {
  return new Map([...found.variables].map(([name, node]) => [name, node?.toJSON?.() ?? {}]));
}

/** Return the node of a key, null where there is none. */
export const nodeOf = (map, key) => (isMap(map) ? map.get(key, true) ?? null : null);

function reasonFor(kind, messages, root) {
  if (kind === "snippet") return isScalar(root.get("text", true)) ? "" : "A snippet needs the field 'text'.";
  if (kind !== "prompt") return kind === "model" ? "A model is edited as text." : "The file does not say its kind.";
  return messages?.length ? "" : "The messages are not written one below the other.";
}

function messagesOf(root) {
  const list = root.get("messages", true);
  if (!isSeq(list) || list.flow) return null;
  const messages = list.items.map(messageOf);
  return messages.includes(null) ? null : messages;
}

function messageOf(node) {
  if (!isMap(node)) return null;
  const names = node.items.map((pair) => String(pair.key?.value ?? pair.key));
  const placeholder = node.get("placeholder", true);
  if (isScalar(placeholder) && names.length === 1) return { node, placeholder, content: null, role: null };
  const [role, content] = [node.get("role", true), node.get("content", true)];
  if (!isScalar(role) || !isScalar(content) || names.some((name) => !TEXT_FIELDS.has(name))) return null;
  return { node, role, content, placeholder: null };
}

function variablesOf(root) {
  const map = root.get("variables", true);
  if (!isMap(map)) return new Map();
  return new Map(map.items.map((pair) => [String(pair.key?.value ?? ""), pair.value]));
}

function textsOf(root, found) {
  if (found.kind === "snippet") return [root.get("text", true)].filter(isScalar);
  return found.messages.map((message) => message.content).filter(Boolean);
}

function wordOf(root, name) {
  const node = root.get(name, true);
  return isScalar(node) ? String(node.value ?? "") : "";
}
