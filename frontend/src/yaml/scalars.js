// Writing values as prompts_admin/domain/yaml_text/writing.py does, so that a file looks the same from either hand.
const LONG = 100;
const WORDS = new Set(["y", "n", "yes", "no", "on", "off", "true", "false", "null"]);
const PLAIN = /^(?!\d)[\p{L}\p{N}_](?:[\p{L}\p{N}_ ./@()+=,;!?'&%$-]|:(?=[^\s])|(?<=[^\s])#)*$/u;
const PRINTED = "\\x20-\\x7e\\xa0-\\u2027\\u2030-\\ud7ff\\ue000-\\ufefe\\uff00-\\ufffd\\u{10000}-\\u{10ffff}";
const UNSAFE_IN_BLOCK = new RegExp(`[^\\t\\n\\u202a-\\u202f${PRINTED}]`, "u");
const ESCAPED = new RegExp(`["\\\\\\u200b-\\u200f\\u2060-\\u206f]|[^${PRINTED}]`, "gu");
const SHORT = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r" };

/** Return a text as it stands after a key: plain where that is safe, in quotes, or as a block below it. */
export function writeText(text, { indent, block = false, quoted = false, flow = false }) {
  if (!flow && canBeBlock(text) && (block || text.includes("\n") || text.length >= LONG)) return blockOf(text, indent);
  return quoted ? quote(text) : word(text, flow);
}

/** Return a plain JSON value on one line. */
export function writeInline(value) {
  if (typeof value === "string") return word(value, true);
  if (Array.isArray(value)) return `[${value.map(writeInline).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([name, inner]) => `${word(name, true)}: ${writeInline(inner)}`).join(", ")}}`;
}

export function quote(text) {
  return `"${text.replace(ESCAPED, escape)}"`;
}

function word(text, flow) {
  const plain = PLAIN.test(text) && !text.endsWith(" ") && !WORDS.has(text.toLowerCase());
  return plain && !(flow && /[,?]/.test(text)) ? text : quote(text);
}

function canBeBlock(text) {
  const last = text.replace(/\n+$/, "").split("\n").at(-1);
  return /[^ \t]/.test(last) && !UNSAFE_IN_BLOCK.test(text);
}

function blockOf(text, indent) {
  const ends = text.length - text.replace(/\n+$/, "").length;
  const header = `|${/^[ \t\n]/.test(text) ? "2" : ""}${ends === 0 ? "-" : ends === 1 ? "" : "+"}`;
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const space = " ".repeat(indent);
  return [header, ...lines.map((line) => (line ? space + line : ""))].join("\n");
}

function escape(character) {
  const code = character.codePointAt(0);
  const hex = code.toString(16);
  return SHORT[character] ?? (code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`);
}
