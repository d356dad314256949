// Nothing here is needed: every page works without it. It keeps typed text from being lost by accident.
(() => {
  "use strict";
  const forms = document.querySelectorAll("form[method=post]");

  // One click is one change; the server would answer the second one the same way.
  for (const form of forms) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
  }
  window.addEventListener("pageshow", () => forms.forEach((form) => delete form.dataset.sent));

  // The keyboard goes where the news is.
  const refused = document.getElementById("refused");
  if (refused) refused.focus();

  // Who has the news is asked again until everybody has it, for half a minute at most.
  for (const place of document.querySelectorAll("[data-refresh]")) {
    let left = 15;
    const ask = async () => {
      left -= 1;
      let answer;
      try { answer = await fetch(place.dataset.refresh, { redirect: "error" }); } catch { return; }
      if (!answer.ok) return;
      const { line, behind } = await answer.json();
      if (line !== place.textContent) place.textContent = line;
      if (behind && left > 0) setTimeout(ask, 2000);
    };
    setTimeout(ask, 1000);
  }

  // A menu closes on Escape and on a click elsewhere.
  const menus = document.querySelectorAll("details.person, .demo details");
  const close = (but) => menus.forEach((menu) => { if (menu !== but) menu.open = false; });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(null); });
  document.addEventListener("click", (event) => close(event.target.closest("details")));

  // Leaving with unsaved text asks first; too long a text is told before it is sent.
  for (const form of document.querySelectorAll("form[data-guard]")) {
    let changed = form.dataset.guard === "typed";
    form.addEventListener("input", () => { changed = true; });
    form.addEventListener("submit", (event) => {
      const area = form.querySelector("textarea[data-most]");
      const most = area ? Number(area.dataset.most) : 0;
      if (most && new TextEncoder().encode(area.value).length > most) {
        event.preventDefault();
        delete form.dataset.sent;
        area.setCustomValidity(`This is longer than the ${most} bytes that are allowed.`);
        area.reportValidity();
        area.addEventListener("input", () => area.setCustomValidity(""), { once: true });
        return;
      }
      changed = false;
    });
    window.addEventListener("beforeunload", (event) => { if (changed && !form.dataset.safe) event.preventDefault(); });
  }
})();
