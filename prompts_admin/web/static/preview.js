// The preview follows what is typed, by the same form that the Preview button sends; and Ctrl-S saves.
// Without this file the button does it.
(() => {
  "use strict";
  const PAUSE = 300;
  const preview = document.getElementById("preview");
  const form = preview && preview.closest("form");
  if (!form) return;
  const heard = document.getElementById("heard");
  const own = new Map(); // by name, the values that somebody typed: they outlive a text that cannot be read
  const isValue = (name) => Boolean(name) && (name.startsWith("v.") || name === "pasted");
  let timer = 0;
  let asking = null;
  let said = "";

  // What came back with the page after a refusal was typed, too.
  if (form.dataset.guard === "typed") for (const one of form.elements) if (isValue(one.name)) own.set(one.name, one.value);

  form.addEventListener("input", (event) => {
    if (isValue(event.target.name)) own.set(event.target.name, event.target.value);
    if (event.target.name !== "message") later();
  });
  form.addEventListener("change", (event) => { if (event.target.id === "text") later(); });
  form.addEventListener("submit", (event) => {
    const by = event.submitter;
    if (!by || by.name !== "action" || !["preview", "examples"].includes(by.value)) return;
    event.preventDefault();
    delete form.dataset.sent;
    if (by.value === "examples") own.clear();
    refresh(by.value);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value=save]"));
  });

  function later() {
    clearTimeout(timer);
    timer = setTimeout(() => refresh("preview"), PAUSE);
  }

  async function refresh(action) {
    clearTimeout(timer);
    if (asking) asking.abort();
    const mine = asking = new AbortController();
    preview.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(location.pathname + location.search, {
        method: "POST", body: sent(action), headers: { "X-Part": "preview" }, signal: mine.signal,
      });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      show(await answer.text());
      tell(words());
    } catch (error) {
      if (error.name === "AbortError") return;
      tell("The preview could not be made just now. What you typed is still here.");
    }
    if (asking === mine) preview.removeAttribute("aria-busy");
  }

  // A value that nobody touched stays out, so that it follows its example.
  function sent(action) {
    const data = new FormData(form);
    for (const name of [...data.keys()]) if (isValue(name)) data.delete(name);
    for (const [name, value] of own) data.set(name, value);
    data.set("action", action);
    return new URLSearchParams(data);
  }

  function show(text) {
    const made = new DOMParser().parseFromString(text, "text/html");
    const side = preview.closest(".side");
    const scrolled = [side.scrollTop, window.scrollX, window.scrollY];
    const open = new Map(kept(preview).map((one) => [one.dataset.fold, one.open]));
    const focused = preview.contains(document.activeElement) ? document.activeElement : null;
    for (const one of kept(made)) if (open.has(one.dataset.fold)) one.open ||= open.get(one.dataset.fold);
    const fields = focused && focused.closest("details.values");
    const fresh = made.querySelector("details.values");
    preview.replaceChildren(...document.adoptNode(made.body).childNodes);
    if (fields && fresh) keepTyping(focused);
    side.scrollTop = scrolled[0];
    window.scrollTo(scrolled[1], scrolled[2]);
    document.dispatchEvent(new CustomEvent("preview:shown"));
  }

  function keepTyping(old) {
    const now = old.id && document.getElementById(old.id);
    const fallback = [...preview.querySelectorAll("button")].find((one) => one.value === old.value);
    const target = now || fallback;
    if (!target) return;
    const typed = "selectionStart" in old && old.tagName !== "BUTTON";
    if (typed) target.value = old.value;
    target.focus({ preventScroll: true });
    if (typed) target.setSelectionRange(old.selectionStart, old.selectionEnd);
  }

  const kept = (root) => [...root.querySelectorAll("details[data-fold]")];

  function words() {
    const count = preview.querySelectorAll(".refused li").length;
    return count ? `${count} ${count === 1 ? "thing is" : "things are"} not right yet.` : "The preview is up to date.";
  }

  // Said once, not after every letter.
  function tell(text) {
    if (heard && text !== said) heard.textContent = text;
    said = text;
  }
})();
