// Keeps what is typed as one's draft: on the server a second after typing stops, and here until it is there.
(() => {
  "use strict";
  const box = document.querySelector("[data-keep]");
  const area = document.getElementById("text");
  if (!box || !area || !area.form) return;

  const form = area.form;
  const { keep: address, owner, resumes } = box.dataset;
  const field = (name) => form.elements.namedItem(name);
  const tab = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const mine = keptHere.entry(owner, address, tab);
  const PAUSE = 1000, HERE = 250, BEAT = 20000, FIRST_RETRY = 3000, LAST_RETRY = 60000, ON_ITS_WAY = 2500, BEACON = 60000;
  let counter = Number(field("counter").value), edits = 0, safe = 0, retry = FIRST_RETRY;
  let timer = 0, local = 0, asking = null, stopped = false, chosen = true;
  field("tab").value = tab;

  const typed = () => ({
    typed: area.value, base: Number(field("base").value), name: field("key") ? field("key").value : "",
    message: field("message") ? field("message").value : "", tab, counter,
  });

  const say = (words, tone = "", link = null) => {
    const line = box.querySelector("[data-kept]");
    const said = line.dataset.said;
    if (said === words) return;
    line.dataset.said = words;
    line.dataset.tone = tone;
    line.replaceChildren(words, ...(link ? [" ", link] : []));
  };

  const signIn = () => {
    const link = document.createElement("a");
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
    link.target = "_blank";
    link.textContent = "Sign in (in a new tab)";
    return link;
  };

  // The page shows one of its own once it is opened again.
  const dropping = () => {
    if (box.querySelector("[name=draft]")) return null;
    const made = document.createElement("button");
    Object.assign(made, { name: "draft", value: address.replace("/drafts/", ""), className: "plain", formNoValidate: true });
    made.setAttribute("formaction", "/drafts/drop");
    made.textContent = "Drop the draft";
    return made;
  };

  // -- here ----------------------------------------------------------------------------------------------
  const keepHere = (more = {}) => {
    clearTimeout(local);
    local = 0;
    const kept = keptHere.put(mine, { ...typed(), address, ...more });
    if (kept) form.dataset.safe = "yes"; else delete form.dataset.safe;
    return kept;
  };

  const isThere = (upTo) => {
    safe = upTo;
    if (safe !== edits) return;
    clearTimeout(local);
    keptHere.drop(mine);
    form.dataset.safe = "yes";
  };

  // -- on the server -------------------------------------------------------------------------------------
  const put = async (path, body, more = {}) => {
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": field("csrf_token").value };
    const answer = await fetch(path, { method: "PUT", headers, body: JSON.stringify(body), redirect: "error", ...more });
    const document = await answer.json().catch(() => ({}));
    return { status: answer.status, document };
  };

  const send = async () => {
    clearTimeout(timer);
    timer = 0;
    if (stopped || asking || !chosen || safe === edits) return;
    const upTo = edits;
    asking = new AbortController();
    const found = await put(address, typed(), { signal: asking.signal }).catch(() => null);
    asking = null;
    if (stopped) return;
    if (found && found.status === 200) kept(found.document, upTo); else failed(found);
    if (safe !== edits && chosen && !timer) timer = setTimeout(send, found && found.status === 200 ? PAUSE : later());
  };

  const kept = (document, upTo) => {
    counter = document.counter;
    field("counter").value = counter;
    retry = FIRST_RETRY;
    tellOthers(document.others);
    isThere(upTo);
    say(counter ? "Kept as your draft." : "Nothing is different from the version.", "", counter ? dropping() : null);
  };

  const failed = (found) => {
    const kept = keepHere({ refused: true });
    const where = kept ? "Kept on this machine" : "Kept nowhere but on this page";
    if (!found) say(`${where}: the server cannot be reached. Trying again by itself.`, "bad");
    else if (found.status === 401) say(`${where}; sign in again to keep it on the server.`, "bad", signIn());
    else if (found.status === 409 && found.document.draft) elsewhere(found.document);
    else say(`${where} alone: ${found.document.detail || "the server cannot take it just now."}`, "bad");
  };

  const later = () => {
    const wait = retry;
    retry = Math.min(2 * retry, LAST_RETRY);
    return wait;
  };

  // -- two texts -----------------------------------------------------------------------------------------
  const button = (label, act, kind = "") => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = kind;
    made.textContent = label;
    made.addEventListener("click", act);
    return made;
  };

  const offer = (sentence, other, { takeOther, keepThis }) => {
    const panel = document.createElement("div");
    const words = document.createElement("p");
    const folded = document.createElement("details");
    const summary = document.createElement("summary");
    const shown = document.createElement("textarea");
    const buttons = document.createElement("div");
    panel.className = "choice";
    panel.setAttribute("role", "alert");
    buttons.className = "buttons";
    words.textContent = sentence;
    summary.textContent = "See the other text";
    Object.assign(shown, { value: other.typed, readOnly: true, rows: 10, className: "mono" });
    shown.setAttribute("aria-label", "The other text");
    folded.append(summary, shown);
    const decide = (act) => () => { panel.remove(); act(); area.focus(); };
    buttons.append(button("Take the other text", decide(takeOther)), button("Keep what is below", decide(keepThis)));
    panel.append(words, folded, buttons);
    box.querySelector("[data-choices]").append(panel);
  };

  const note = (words) => {
    const line = document.createElement("p");
    line.className = "draft-line";
    line.setAttribute("role", "status");
    line.textContent = words;
    box.querySelector("[data-choices]").append(line);
  };

  const show = (other) => {
    area.value = other.typed;
    if (field("message") && other.message) field("message").value = other.message;
    if (field("key") && other.name) field("key").value = other.name;
    field("base").value = other.base;
    area.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const elsewhere = ({ draft }) => {
    chosen = false;
    const at = new Date(draft.changed_at).toLocaleTimeString();
    say("Kept on this machine: your draft on the server holds another text.", "bad");
    const decide = (act) => () => { counter = draft.counter; field("counter").value = counter; chosen = true; act(); };
    offer(`In another window you typed another text, at ${at}. Which one shall be your draft?`, { ...draft, typed: draft.text }, {
      takeOther: decide(() => { show({ ...draft, typed: draft.text }); isThere(edits); say("This is the text from the other window."); }),
      keepThis: decide(send),
    });
  };

  // -- who else ------------------------------------------------------------------------------------------
  const tellOthers = (sentences) => {
    const line = document.querySelector("[data-others]");
    const words = (sentences || []).join(" ");
    // Read out when somebody comes or goes, not each minute.
    const who = words.replace(/, (since [^.]*|just now)\./g, "");
    if (line && line.dataset.who !== who) {
      line.dataset.who = who;
      line.textContent = words;
    }
  };

  const beat = async () => {
    if (stopped || document.hidden || address === "/drafts/new") return;
    const found = await put(`${address}/here`, {}).catch(() => null);
    if (!found || stopped) return;
    if (found.status === 200) tellOthers(found.document.others);
    if (found.status === 401) say("You are signed out by now; what you type stays on this machine until you sign in again.", "bad", signIn());
    if (found.status !== 200) return;
    if (safe !== edits) send(); else if (box.querySelector("[data-kept]").dataset.tone) say("You are signed in again.");
  };

  // -- what happens --------------------------------------------------------------------------------------
  const changed = () => {
    edits += 1;
    delete form.dataset.safe;
    if (!local) local = setTimeout(keepHere, HERE);
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  };
  form.addEventListener("input", (event) => {
    if ([area, field("message"), field("key")].includes(event.target)) changed();
  });

  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    stopped = true;
    const drops = event.submitter && (event.submitter.getAttribute("formaction") || "").startsWith("/drafts/");
    if (drops) keptHere.drop(mine); else if (edits) keepHere({ sent: true });
    // Whoever listens after this may keep the page where it is.
    setTimeout(() => {
      if (event.defaultPrevented) stopped = false; else if (asking) asking.abort();
    });
  });

  const out = document.querySelector("form[action='/sign-out']");
  if (out) out.addEventListener("submit", async (event) => {
    if (safe === edits || stopped) return;
    event.preventDefault();
    if (!asking) await send();
    stopped = true;
    out.submit();
  });

  window.addEventListener("pagehide", () => {
    if (stopped || safe === edits) return;
    keepHere();
    if (chosen && area.value.length < BEACON / 3) put(address, typed(), { keepalive: true }).catch(() => null);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
  window.addEventListener("online", () => { retry = FIRST_RETRY; send(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) beat(); });

  // -- what was typed here before and never arrived ------------------------------------------------------
  const resume = (other, place) => {
    const at = new Date(other.at).toLocaleString();
    const take = () => { show(other); changed(); keepHere(); keptHere.drop(other.entry); };
    if (place === 0 && resumes && !edits && other.counter === counter) {
      take();
      note(`What you typed at ${at} is back. The server did not have it yet.`);
      return;
    }
    offer(`On this machine there is another text of yours, typed at ${at}, that the server does not have.`, other, {
      takeOther: take, keepThis: () => keptHere.drop(other.entry),
    });
  };

  // What another window typed a moment ago is on its way to the server.
  const isOnItsWay = (other, open) => open.has(other.entry) && !other.refused && Date.now() - other.at < ON_ITS_WAY;
  const lookBack = async () => {
    const held = navigator.locks ? (await navigator.locks.query()).held : [];
    const open = new Set(held.map((lock) => lock.name));
    if (navigator.locks) navigator.locks.request(mine, () => new Promise(() => {}));
    const found = keptHere.of(owner, address).filter((other) => {
      if (other.typed !== area.value) return !isOnItsWay(other, open);
      if (!open.has(other.entry)) keptHere.drop(other.entry);
      return false;
    });
    found.forEach(resume);
  };
  lookBack();
  beat();
  setInterval(beat, BEAT);
})();
