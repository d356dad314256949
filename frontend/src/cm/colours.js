// Colours for the tags of a template, and another one for a name that nobody declares.
import { Decoration, MatchDecorator, ViewPlugin } from "@codemirror/view";
import { tagsOf } from "../tags.js";

const CANDIDATE = /\{\{[^{}\n]{1,200}\}\}/g;

/** Return the extension; it looks again when the desk tells of other names. */
export function tagColours(desk) {
  const matcher = new MatchDecorator({
    regexp: CANDIDATE,
    decorate: (add, from, to, match) => {
      const [tag] = tagsOf(match[0]);
      if (tag) add(from, to, Decoration.mark({ class: `tag tag-${tag.kind}${isKnown(desk, tag) ? "" : " tag-unknown"}` }));
    },
  });
  return ViewPlugin.define(
    (view) => ({
      decorations: matcher.createDeco(view),
      update(update) {
        const again = update.transactions.some(desk.isNews);
        this.decorations = again ? matcher.createDeco(update.view) : matcher.updateDeco(update, this.decorations);
      },
    }),
    { decorations: (plugin) => plugin.decorations },
  );
}

function isKnown({ scope }, tag) {
  if (tag.kind === "name" || tag.kind === "if") return scope.variables.has(tag.value) || scope.inherited.has(tag.value);
  return tag.kind !== "include" || !scope.known || scope.known.snippets.has(tag.value.split("@")[0]);
}
