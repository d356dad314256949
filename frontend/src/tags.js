// The tags of a template. The rules are those of prompts_admin/domain/templates/tags.py; tests hold the two together.
const NAME = "[A-Za-z_][A-Za-z0-9_]{0,62}";
const SEGMENT = "[a-z0-9][a-z0-9_-]{0,62}";
const TAG = new RegExp(
  "\\{\\{[ \\t]*(?:" +
    `(?<end>/if)|(?<else>else)|(?<name>${NAME})` +
    `|#if[ \\t]+(?<if>${NAME})` +
    `|>[ \\t]*(?<include>${SEGMENT}/${SEGMENT}(?:@[1-9][0-9]{0,8})?)` +
    ")[ \\t]*\\}\\}",
  "g",
);
// Python's \b knows letters of every alphabet, JavaScript's only those of ASCII.
const EDGE = "(?![\\p{L}\\p{N}_])";
const BROKEN = new RegExp(`\\{\\{[ \\t]*(?:>|#if${EDGE}|/if${EDGE}|else${EDGE})[^{}\\n]{0,200}\\}\\}`, "gu");
const DOUBLE_BRACES = /\{\{[^{}\n]{1,200}\}\}/gu;
const KINDS = ["end", "else", "name", "if", "include"];

/** Tell whether a text can name a variable. */
export const isName = (text) => new RegExp(`^${NAME}$`).test(text) && text !== "else";

/** Return the tags of a text: {kind, value, from, to}; kind is name, include, if, else or end. */
export function tagsOf(text) {
  return Array.from(text.matchAll(TAG), (match) => {
    const kind = KINDS.find((name) => match.groups[name] !== undefined);
    return { kind, value: match.groups[kind], from: match.index, to: match.index + match[0].length };
  });
}

/** Return what is wrong with the blocks and tags of a text, first the first: {from, to, message}. */
export function broken(text) {
  const tags = tagsOf(text);
  const found = [...slips(text, tags), ...unbalanced(tags)];
  return found.sort((a, b) => a.from - b.from);
}

/** Return what stands in double braces and is no tag: it is sent as it stands. */
export function suspicious(text) {
  const tags = new Set(tagsOf(text).map((tag) => tag.from));
  return Array.from(text.matchAll(DOUBLE_BRACES), (match) => ({
    from: match.index, to: match.index + match[0].length, text: match[0],
  })).filter((found) => !tags.has(found.from));
}

function slips(text, tags) {
  const found = [];
  let end = 0;
  for (const tag of [...tags, { from: text.length, to: text.length }]) {
    for (const match of text.slice(end, tag.from).matchAll(BROKEN)) {
      const from = end + match.index;
      const meant = match[0].includes(">")
        ? "'{{> feature/name}}' or '{{> feature/name@2}}'"
        : "'{{#if name}}', '{{else}}' or '{{/if}}'";
      found.push({ from, to: from + match[0].length, message: `'${match[0]}' is not a tag: it must be ${meant}.` });
    }
    end = tag.to;
  }
  return found;
}

function unbalanced(tags) {
  const open = [];
  const found = [];
  const say = (tag, message) => found.push({ from: tag.from, to: tag.to, message });
  for (const tag of tags) {
    if (tag.kind === "if") open.push({ tag, turned: false });
    else if (tag.kind === "else") {
      const block = open.at(-1);
      if (!block || block.turned) say(tag, "'{{else}}' stands outside of an '{{#if}}' or a second time in it.");
      else block.turned = true;
    } else if (tag.kind === "end" && !open.pop()) say(tag, "'{{/if}}' closes nothing.");
  }
  for (const { tag } of open) say(tag, `'{{#if ${tag.value}}}' has no '{{/if}}'.`);
  return found;
}
