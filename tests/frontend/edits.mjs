// Reads {text, edits} and prints the file after each edit: what the blocks and panels do to it.
import { readFileSync } from "node:fs";
import { declare, addMessage, addVariable, removeMessage, removeVariable, renameVariable, setModel, swapMessages } from "./src/yaml/moves.js";
import { setText } from "./src/yaml/edits.js";
import { outline } from "./src/yaml/outline.js";

const EDITS = {
  declare, addMessage, addVariable, removeMessage, removeVariable, renameVariable, setModel, swapMessages,
  write: (found, index, value) => {
    const message = found.messages[index];
    return setText(found.text, message.content, value, { flow: Boolean(message.node.flow) });
  },
};

function done(text, name, args) {
  const changes = [EDITS[name](outline(text), ...args)].flat();
  return changes.sort((a, b) => b.from - a.from).reduce(
    (whole, { from, to, insert }) => whole.slice(0, from) + insert + whole.slice(to), text,
  );
}

const { text, edits } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(edits.map(([name, ...args]) => done(text, name, args))));
