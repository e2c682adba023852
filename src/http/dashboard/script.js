// Keeps what is on the screen fresh. Everything works without it, but for that.
"use strict";

(() => {
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");

  const load = async (address) => {
    const answer = await fetch(address, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok) throw new Error(answer.status);
    return parse(await answer.text());
  };

  // Not while somebody types in it, or has marked something.
  const busy = (part) => {
    const active = document.activeElement;
    const typing = active && part.contains(active) && active.matches("input, select, textarea");
    const marked = document.getSelection();
    return typing || document.hidden || (marked && !marked.isCollapsed && part.contains(marked.anchorNode));
  };

  const later = (seconds, work) => setTimeout(work, seconds * 1000);

  // Parts of the page that grow old: the same page is asked for again, and the part replaced.
  const keepFresh = (id) => {
    const part = document.getElementById(id);
    const seconds = part && Number(part.dataset.refresh);
    if (!seconds) return;
    later(seconds, async () => {
      if (!busy(part)) {
        try {
          const fresh = (await load(location.href)).getElementById(id);
          if (fresh) {
            const focus = document.activeElement && part.contains(document.activeElement)
              ? document.activeElement.getAttribute("href") : null;
            part.replaceWith(fresh);
            if (focus) fresh.querySelector(`a[href="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
          }
        } catch { /* The next time. */ }
      }
      keepFresh(id);
    });
  };

  // A sync under way: its panel says where to ask. When it has ended, the rest of the page is fresh too.
  const watch = () => {
    const panel = document.getElementById("progress");
    const address = panel && panel.dataset.poll;
    if (!address) return;
    later(0.7, async () => {
      try {
        const fresh = (await load(address)).getElementById("progress");
        if (fresh) panel.replaceWith(fresh);
        if (fresh && !fresh.dataset.poll) {
          const page = await load(location.href);
          for (const id of ["head", "examiner"]) {
            const [old, now] = [document.getElementById(id), page.getElementById(id)];
            if (old && now) old.replaceWith(now);
          }
          return;
        }
      } catch { /* The next time. */ }
      watch();
    });
  };

  document.querySelectorAll("[data-refresh][id]").forEach((part) => keepFresh(part.id));
  watch();
})();
