// What may stand in double braces, offered while it is typed; and in a file, the models.
const OPEN = /\{\{[ \t]*(#if[ \t]+|>[ \t]*)?([A-Za-z0-9_/@-]*)$/;
const MODEL = /^model:[ \t]*([a-z0-9_/-]*)$/;

/** Return the source of completions. */
export function complete(desk) {
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from).slice(-300);
    const tag = OPEN.exec(before);
    const model = !tag && desk.scope.known && MODEL.exec(before);
    if (model) return { from: context.pos - model[1].length, options: models(desk), validFor: /^[a-z0-9_/-]*$/ };
    if (!tag) return null;
    const [, lead = "", typed] = tag;
    const options = lead.startsWith(">") ? snippets(desk, "") : lead ? variables(desk, "") : [
      ...variables(desk, ""), ...snippets(desk, "> "), CHOICE,
    ];
    return { from: context.pos - typed.length, options: options.map(closing), validFor: /^[A-Za-z0-9_/@-]*$/ };
  };
}

const CHOICE = { label: "#if", detail: "only when a variable has a value", text: "#if ", open: true, boost: -2 };

function variables({ scope }) {
  const own = [...scope.variables].map(([name, declared]) => ({
    label: name, detail: declared.type ?? "string", info: declared.description || undefined, text: name, boost: 1,
  }));
  const others = [...scope.inherited].filter((name) => !scope.variables.has(name));
  return [...own, ...others.map((name) => ({ label: name, detail: "of a snippet", text: name }))];
}

function snippets({ scope }, lead) {
  return [...(scope.known?.snippets.values() ?? [])].map(({ key, description }) => ({
    label: `${lead}${key}`, detail: "snippet", info: description || undefined, text: `${lead}${key}`, boost: -1,
  }));
}

function models({ scope }) {
  return [...scope.known.models.values()].map(({ key, words }) => ({ label: key, detail: words }));
}

/** Choosing an option closes the braces, unless they are closed already. */
function closing({ text, open = false, ...option }) {
  return {
    ...option,
    apply: (view, _, from, to) => {
      const closed = /^[ \t]*\}\}/.test(view.state.sliceDoc(to, to + 10));
      const insert = closed || open ? text : `${text}}}`;
      const after = from + insert.length + (closed && !open ? /^[ \t]*\}\}/.exec(view.state.sliceDoc(to, to + 10))[0].length : 0);
      view.dispatch({ changes: { from, to, insert }, selection: { anchor: after }, userEvent: "input.complete" });
    },
  };
}
