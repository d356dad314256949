// The file itself, as YAML.
import { history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, syntaxHighlighting } from "@codemirror/language";
import { lintGutter } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { field } from "./cm/setup.js";
import { sourceMarks } from "./marks.js";

/** Make the view of the whole file in `parent`. */
export function sourceView(desk, parent) {
  const extensions = [
    history(),
    lineNumbers(),
    foldGutter(),
    lintGutter(),
    yaml(),
    syntaxHighlighting(classHighlighter),
    bracketMatching(),
    search({ top: true }),
    highlightSelectionMatches(),
    field(desk, { label: "Source of the file", marks: sourceMarks(desk), keys: [...historyKeymap, ...searchKeymap] }),
    EditorView.contentAttributes.of({ spellcheck: "false", autocapitalize: "off" }),
    EditorView.updateListener.of((update) => desk.changed(update)),
  ];
  return new EditorView({ parent, state: EditorState.create({ doc: desk.area.value, extensions }) });
}
