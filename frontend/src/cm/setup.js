// What every field of the editor has in common. Tab is not taken: it leaves the field, as everywhere on a page.
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap } from "@codemirror/commands";
import { lintKeymap, linter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightSpecialChars, keymap } from "@codemirror/view";
import { complete } from "./complete.js";
import { tagColours } from "./colours.js";

const DELAY = 200;

/** The bar with the buttons lies over the foot of the window: the line that is written stays above it. */
function underBar() {
  const bar = document.querySelector(".save");
  return bar && getComputedStyle(bar).position === "sticky" ? { bottom: bar.offsetHeight + 8 } : null;
}

/**
 * Return the extensions of a field. `desk` knows the file's names; `marks(view)` gives its diagnostics; `label`
 * names the field for screen readers.
 */
export function field(desk, { label, marks, keys = [] }) {
  return [
    EditorView.cspNonce.of(desk.nonce),
    EditorState.tabSize.of(2),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({
      "aria-label": label, "aria-multiline": "true", tabindex: "0", autocapitalize: "sentences", spellcheck: "true",
    }),
    EditorView.scrollMargins.of(underBar),
    highlightSpecialChars(),
    drawSelection({ cursorBlinkRate: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 1200 }),
    tagColours(desk),
    autocompletion({ override: [complete(desk)], icons: false, aboveCursor: false }),
    linter((view) => marks(view), { delay: DELAY, needsRefresh: (update) => update.transactions.some(desk.isNews) }),
    keymap.of([...keys, ...completionKeymap, ...lintKeymap, ...defaultKeymap]),
  ];
}
