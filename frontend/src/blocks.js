// The messages, one below the other; they follow the file and change it.
import { Block } from "./block.js";
import { el, say } from "./dom.js";
import { isName } from "./tags.js";
import { setText } from "./yaml/edits.js";
import { addMessage, removeMessage, swapMessages } from "./yaml/moves.js";
import { nodeOf } from "./yaml/outline.js";

export class Blocks {
  constructor(desk) {
    this.desk = desk;
    this.blocks = [];
    this.list = el("ol", { className: "blocks" });
    this.add = el("button", { type: "button", textContent: "Add a message", onclick: () => this.#append() });
    this.addList = el("button", { type: "button", textContent: "Add a place for the conversation", onclick: () => this.#append("placeholder") });
    this.adding = el("div", { className: "buttons adding" }, this.add, this.addList);
    this.why = el("p", { className: "notice" });
    this.element = el("div", { className: "desk-blocks" }, this.why, this.list, this.adding);
    desk.watch(() => this.show());
    this.show();
  }

  /** Show the file as it is now. */
  show() {
    const { found } = this.desk;
    const shown = found.reason ? [] : messagesOf(found);
    this.why.hidden = !found.reason;
    this.why.textContent = found.reason;
    this.adding.hidden = Boolean(found.reason) || found.kind !== "prompt";
    while (this.blocks.length > shown.length) this.blocks.pop().drop();
    shown.forEach((message, index) => this.#blockAt(index, message).show(message, index, found.kind === "prompt" ? shown.length : 0));
  }

  #blockAt(index, message) {
    const old = this.blocks[index];
    if (old && Boolean(old.message.content) === Boolean(message.content)) return old;
    const made = new Block(this.desk, this.#acts());
    if (old) {
      old.element.replaceWith(made.element);
      old.drop();
    } else this.list.append(made.element);
    this.blocks[index] = made;
    return made;
  }

  #acts() {
    const { desk } = this;
    return {
      setRole: (block, role) => {
        desk.apply(setText(desk.text, block.message.role, role, { flow: Boolean(block.message.node.flow) }));
        say(`Message ${block.place + 1} is now of the role ${role}.`);
      },
      setName: (block, name) => isName(name) && desk.apply(setText(desk.text, block.message.placeholder, name)),
      move: (block, by, inText = false) => this.#move(block.place, by, inText),
      remove: (block) => this.#remove(block.place),
    };
  }

  #move(index, by, inText) {
    const other = index + by;
    if (other < 0 || other >= this.blocks.length) return true;
    this.desk.apply(swapMessages(this.#ended(), Math.min(index, other)), "move");
    const block = this.blocks[other];
    if (inText) block.focus();
    else block[by < 0 ? "up" : "down"].focus();
    say(`Message ${index + 1} moved ${by < 0 ? "up" : "down"}: it is now message ${other + 1} of ${this.blocks.length}.`);
    return true;
  }

  #remove(index) {
    if (this.blocks.length < 2) return say("A prompt needs at least one message.");
    this.desk.apply(removeMessage(this.desk.found, index), "delete");
    this.blocks[Math.min(index, this.blocks.length - 1)].focus();
    return say(`Message ${index + 1} is deleted. Ctrl-Z brings it back.`);
  }

  #append(role) {
    const last = this.desk.found.messages.at(-1);
    const next = role ?? (last.role?.value === "user" ? "assistant" : "user");
    this.desk.apply(addMessage(this.#ended(), this.blocks.length - 1, next));
    this.blocks.at(-1).focus();
    say(`Message ${this.blocks.length} is added.`);
  }

  /** Return the outline of a file whose last line has an end, so that lines can be moved about. */
  #ended() {
    const { text } = this.desk;
    if (!text.endsWith("\n")) this.desk.apply({ from: text.length, to: text.length, insert: "\n" });
    return this.desk.found;
  }
}

function messagesOf(found) {
  if (found.kind === "prompt") return found.messages;
  return [{ role: null, placeholder: null, content: nodeOf(found.root, "text"), label: "Text of the snippet" }];
}
