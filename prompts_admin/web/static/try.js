// Streams the answers of a model into the page, both sides at once; without this they come as a page.
(() => {
  "use strict";
  const box = document.querySelector("[data-try]");
  const start = box && box.querySelector("[data-start]");
  if (!start) return;
  const form = start.form, cancel = box.querySelector("[data-cancel]"), told = box.querySelector("[data-told]");
  let running = null;

  const figures = (done) => {
    const tokens = `${done.estimated ? "about " : ""}${done.tokens_in} tokens in, ${done.tokens_out} out${done.estimated ? " (estimated)" : ""}`;
    const cost = done.cost === null ? "" : ` · cost ${done.cost.toFixed(6)}`;
    return `${done.model} · ${done.seconds.toFixed(1)} s · ${tokens}${cost}`;
  };

  // Beside the version that was asked about; what was never saved has none yet.
  const offerToKeep = (side, about, done) => {
    const line = side.querySelector("[data-figures]");
    const keep = document.createElement("button");
    keep.type = "button";
    keep.className = "plain";
    keep.textContent = `Keep as an example of v${about.of}`;
    keep.addEventListener("click", async () => {
      keep.disabled = true;
      const token = form.elements.namedItem("csrf_token").value;
      const body = new URLSearchParams({ csrf_token: token, model: done.model, proof: done.proof, answer: side.querySelector("[data-said]").textContent });
      for (const [name, value] of Object.entries(about.values)) body.set(`v.${name}`, value);
      const path = `${box.dataset.try.replace(/\/try$/, "")}/versions/${about.of}`;
      const answer = await fetch(`${path}/examples`, { method: "POST", body }).catch(() => null);
      const words = answer && answer.ok ? "Kept as an example." : "It was not kept.";
      told.textContent = words;
      keep.replaceWith(words);
    });
    line.append(document.createElement("br"), keep);
  };

  const take = (side, said) => {
    if ("of" in said) side.about = said;
    if (said.text) side.querySelector("[data-said]").append(said.text);
    if (said.done) {
      side.querySelector("[data-figures]").textContent = figures(said.done);
      if (said.done.proof) offerToKeep(side, side.about, said.done);
    }
    if (said.error) {
      const line = side.querySelector("[data-error]");
      line.textContent = said.error;
      line.hidden = false;
    }
  };

  const read = async (side, answer) => {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (rest + value).split("\n\n");
      rest = events.pop();
      for (const event of events) if (event.startsWith("data: ")) take(side, JSON.parse(event.slice(6)));
    }
  };

  const ask = async (side, signal) => {
    side.querySelector("[data-said]").textContent = "";
    side.querySelector("[data-figures]").textContent = "Asking …";
    side.querySelector("[data-error]").hidden = true;
    const body = new URLSearchParams(new FormData(form));
    body.set("side", side.dataset.side);
    const headers = { Accept: "text/event-stream", "X-CSRF-Token": form.elements.namedItem("csrf_token").value };
    try {
      const answer = await fetch(box.dataset.try, { method: "POST", headers, body, signal, redirect: "error" });
      if (answer.ok) return await read(side, answer);
      const problem = await answer.json().catch(() => ({ detail: answer.status === 401 ? "You are signed out by now." : "The server cannot do this just now." }));
      take(side, { error: [problem.detail, problem.remedy].filter(Boolean).join(" ") });
    } catch {
      take(side, { error: signal.aborted ? "Cancelled." : "The answer broke off." });
    }
    const line = side.querySelector("[data-figures]");
    if (line.textContent === "Asking …") line.textContent = "";
  };

  start.addEventListener("click", async (event) => {
    event.preventDefault();
    if (running) return;
    running = new AbortController();
    cancel.hidden = false;
    start.disabled = true;
    const answers = box.querySelector("[data-answers]");
    answers.hidden = false;
    answers.scrollIntoView({ block: "nearest" });
    told.textContent = "Asking the model.";
    await Promise.all([...box.querySelectorAll("[data-side]")].map((side) => ask(side, running.signal)));
    told.textContent = running.signal.aborted ? "Cancelled." : "The model has answered.";
    running = null;
    cancel.hidden = true;
    start.disabled = false;
    start.focus();
  });
  cancel.addEventListener("click", () => running && running.abort());
})();
