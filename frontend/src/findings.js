// What is wrong with one text, as it is typed; the server's check says the last word.
import { broken, suspicious, tagsOf } from "./tags.js";

/**
 * Return {from, to, severity, message} for a text. `scope` knows the names: `variables`, those declared in the
 * file; `inherited(key)`, those that a snippet declares; `snippets`, all there are, or null before they are known.
 */
export function findings(text, scope) {
  const tags = tagsOf(text);
  return [
    ...broken(text).map((found) => ({ ...found, severity: "error" })),
    ...tags.flatMap((tag) => unknown(tag, scope)),
    ...suspicious(text).map(({ from, to, text: shown }) => ({
      from, to, severity: "warning", message: `'${shown}' is no tag: it will be sent as it stands.`,
    })).filter((found) => !isSlip(text, found)),
  ];
}

/** Return the names that texts with these includes may use without declaring them. */
export function inheritedNames(texts, known) {
  const names = new Set();
  if (!known) return names;
  for (const text of texts) {
    for (const tag of tagsOf(text)) {
      const snippet = tag.kind === "include" && known.snippets.get(tag.value.split("@")[0]);
      if (snippet) snippet.variables.forEach((name) => names.add(name));
    }
  }
  return names;
}

function unknown(tag, scope) {
  const place = { from: tag.from, to: tag.to, severity: "error" };
  if (tag.kind === "name" || tag.kind === "if") {
    if (scope.variables.has(tag.value) || scope.inherited.has(tag.value)) return [];
    return [{ ...place, message: `'${tag.value}' is used and not declared.`, declare: tag.value }];
  }
  if (tag.kind !== "include" || !scope.known) return [];
  if (scope.known.snippets.has(tag.value.split("@")[0])) return [];
  return [{ ...place, message: `There is no snippet '${tag.value}'.` }];
}

function isSlip(text, found) {
  return broken(text.slice(found.from, found.to)).length > 0;
}
