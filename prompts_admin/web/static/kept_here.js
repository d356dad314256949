// Texts that the server does not have yet, in this browser's storage: by person, artifact and page.
// `data-owner` stands for the person, so that nobody is shown what somebody else typed on the same machine.
(() => {
  "use strict";
  const PREFIX = "draft ";
  const DAYS = 14;

  const PERSONAL = [PREFIX, "recent ", "folders "];
  const entries = (prefixes = [PREFIX]) => {
    try {
      return Object.keys(localStorage).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
    } catch {
      return [];
    }
  };
  const read = (name) => {
    try {
      return { ...JSON.parse(localStorage.getItem(name)), entry: name };
    } catch {
      return null;
    }
  };
  const drop = (name) => {
    try {
      localStorage.removeItem(name);
    } catch { /* There is no storage, so nothing is left in it either. */ }
  };
  const put = (name, text) => {
    try {
      localStorage.setItem(name, JSON.stringify({ ...text, at: Date.now() }));
      return true;
    } catch {
      return false;
    }
  };

  window.keptHere = {
    entry: (owner, address, tab) => `${PREFIX}${owner} ${address} ${tab}`,
    of: (owner, address) => entries()
      .filter((name) => name.startsWith(`${PREFIX}${owner} ${address} `))
      .map(read)
      .filter((found) => found && typeof found.typed === "string")
      .sort((one, other) => other.at - one.at),
    put,
    drop,
  };

  for (const name of entries()) {
    const found = read(name);
    if (!found || !(Date.now() - found.at < DAYS * 86400000)) drop(name);
  }

  // Saved: what was on its way to become this version is no draft any more.
  const saved = document.querySelector("[data-forget]");
  if (saved && /[?&]did=(saved|unchanged)\./.test(location.search)) {
    for (const found of entries().map(read)) {
      if (found && found.sent && [saved.dataset.forget, "/drafts/new"].includes(found.address)) drop(found.entry);
    }
  }

  // Signed out: on a machine that others use too nothing stays.
  if (document.querySelector("[data-forget-all]")) entries(PERSONAL).forEach(drop);
})();
