// Keeps what is on the screen true: fresh as long as the daemon answers, marked as old when it does not.
// Everything works without it; then the browser loads the page anew now and then.
"use strict";

(() => {
  const {
    contact, login, page, ago, soon, now: nowWord, lost: lostWords, past: pastWords, ended, enter, zone,
  } = document.body.dataset;
  const EVERY = 15;
  const LATE = 2.5 * EVERY;
  const PATIENCE = 8000;

  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  const later = (seconds, work) => setTimeout(work, seconds * 1000);
  const ask = (address) => fetch(address, {
    credentials: "same-origin", redirect: "error", cache: "no-store", signal: AbortSignal.timeout(PATIENCE),
  });

  const load = async (address) => {
    const answer = await ask(address);
    if (!answer.ok) throw new Error(answer.status);
    return parse(await answer.text());
  };

  // The daemon's clock counts, not this machine's.
  let ahead = Date.parse(document.body.dataset.at) - Date.now();
  let midnight = Date.parse(document.body.dataset.midnight);
  // The day as the daemon last said it; that of the page stays what it was.
  let { day: today } = document.body.dataset;
  const now = () => Date.now() + ahead;
  let heard = now();
  let isLost = false;
  let hasEnded = false;

  // --- Forms ---------------------------------------------------------------------------------------------

  // Whether somebody has changed a control.
  const changed = (control) => {
    if (control.hidden || control.type === "hidden") return false;
    if (control.matches("select")) {
      const usual = [...control.options].findLastIndex((option) => option.defaultSelected);
      return control.selectedIndex !== Math.max(usual, 0);
    }
    if (control.matches("[type=checkbox], [type=radio]")) return control.checked !== control.defaultChecked;
    return control.value !== control.defaultValue;
  };

  // Whether something is written there that was not sent.
  const filled = (part) => [...part.querySelectorAll("input, select, textarea")].some(changed);

  // What is sent twice is done twice: not before an answer is seen, or has been waited for.
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method") !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    later(10, () => { delete form.dataset.sent; });
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // --- Contact -------------------------------------------------------------------------------------------

  // Hour and minute; the day too where it is not today.
  const clock = (time) => {
    const language = document.documentElement.lang;
    const hour = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone };
    const day = { day: "2-digit", month: "2-digit", timeZone: zone };
    try {
      const [dayThen, dayNow] = [time, now()].map((at) => new Intl.DateTimeFormat(language, day).format(at));
      const how = dayThen === dayNow ? hour : { ...day, ...hour };
      return new Intl.DateTimeFormat(language, how).format(time);
    } catch { // A zone that this browser does not know.
      return new Date(time).toLocaleTimeString();
    }
  };

  const showLost = () => {
    const banner = document.getElementById("contact");
    if (isLost || hasEnded || !banner) return;
    isLost = true;
    document.body.classList.add("stale");
    banner.textContent = lostWords.replace("{}", clock(heard));
    banner.hidden = false;
  };

  const showFound = () => {
    heard = now();
    isLost = hasEnded = false;
    document.body.classList.remove("stale");
    const banner = document.getElementById("contact");
    if (!banner) return;
    const isPast = hasPast();
    if (isPast && banner.textContent !== pastWords) banner.textContent = pastWords;
    banner.hidden = !isPast;
  };

  // Whether what was of today, or still to come, when the page was loaded is of a day gone by.
  const hasPast = () => [...document.querySelectorAll("[data-until]")]
    .some(({ dataset: { until } }) => document.body.dataset.day <= until && until < today);

  // What was today is today no more. What is fresh says itself what is.
  const turnDay = () => document.querySelectorAll(".today").forEach((mark) => mark.remove());

  // The way back is sent as the server knows it, without the path below which a proxy serves it.
  const toTheDoor = () => {
    const base = login.slice(0, -"/entrar".length);
    const address = `${login}?${new URLSearchParams({ para: page.slice(base.length) })}`;
    if (filled(document)) showEnded(address);
    else location.assign(address);
  };

  // What somebody has written stays to be copied.
  const showEnded = (address) => {
    const banner = document.getElementById("contact");
    if (hasEnded || !banner) return;
    hasEnded = true;
    isLost = false;
    document.body.classList.add("stale");
    const way = document.createElement("a");
    way.href = address;
    way.textContent = enter;
    banner.replaceChildren(`${ended} `, way);
    banner.hidden = false;
  };

  // Whether the daemon answers this visitor, on the day of this page.
  const inContact = async () => {
    try {
      const answer = await ask(contact);
      if (answer.status === 401) {
        toTheDoor();
        return false;
      }
      if (!answer.ok) throw new Error(answer.status);
      const said = await answer.json();
      ahead = Date.parse(said.at) - Date.now();
      if (said.day !== document.body.dataset.day && !filled(document)) {
        location.assign(page);
        return false;
      }
      midnight = Date.parse(said.midnight);
      if (said.day !== today) turnDay();
      today = said.day;
      return true;
    } catch {
      showLost();
      return false;
    }
  };

  // --- Ages go on counting -------------------------------------------------------------------------------

  // As the daemon writes them: the two largest units.
  const length = (milliseconds) => {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000));
    const [minutes, hours, days] = [60, 3600, 86400].map((unit) => Math.floor(seconds / unit));
    if (days) return days < 10 && hours % 24 ? `${days} d ${hours % 24} h` : `${days} d`;
    if (hours) return hours < 10 && minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
    return minutes ? `${minutes} min` : `${seconds} s`;
  };

  const count = () => {
    for (const element of document.querySelectorAll("time[data-as]")) {
      const past = now() - Date.parse(element.dateTime);
      const text = {
        age: () => length(past),
        ago: () => ago.replace("{}", length(past)),
        until: () => (past >= 0 ? nowWord : soon.replace("{}", length(-past))),
      }[element.dataset.as]?.();
      if (text && element.textContent !== text) element.textContent = text;
    }
    if (!document.hidden && now() - heard > LATE * 1000) showLost();
    // Whether the daemon says so or not.
    if (now() >= midnight) turnDay();
    later(1, count);
  };

  // --- Parts of the page that grow old: the same page is asked for again, and the parts replaced -------------

  // Not while somebody types in it, has written something, or has marked something.
  const busy = (part) => {
    const active = document.activeElement;
    const typing = active && part.contains(active) && active.matches("input, select, textarea");
    const marked = document.getSelection();
    return typing || filled(part) || (marked && !marked.isCollapsed && part.contains(marked.anchorNode));
  };

  const REACHED = "a, button, summary, input, select";

  // The focus stays where it was: on the same link, or else in the same place. What was unfolded stays so.
  const replace = (part, fresh) => {
    const active = document.activeElement;
    const place = [...part.querySelectorAll(REACHED)].indexOf(active);
    const open = [...part.querySelectorAll("details")].map((details) => details.open);
    fresh.querySelectorAll("details").forEach((details, at) => { details.open = open[at] ?? details.open; });
    part.replaceWith(fresh);
    if (place < 0) return;
    const reached = [...fresh.querySelectorAll(REACHED)];
    const address = active.getAttribute("href");
    const same = address && reached.find((element) => element.getAttribute("href") === address);
    // Another button in its place would do another thing.
    const next = reached[place]?.textContent === active.textContent ? reached[place] : undefined;
    (same || next)?.focus({ preventScroll: true });
  };

  const refresh = async () => {
    const parts = [...document.querySelectorAll("[data-refresh][id]")].filter((part) => !busy(part));
    if (!parts.length) return true;
    try {
      const loaded = await load(page);
      for (const part of parts) {
        const fresh = loaded.getElementById(part.id);
        if (fresh && part.isConnected && !busy(part)) replace(part, fresh);
      }
      return true;
    } catch {
      showLost();
      return false;
    }
  };

  // What changes every second says so.
  const pace = () => Math.min(EVERY, ...[...document.querySelectorAll("[data-refresh][id]")]
    .map((part) => Number(part.dataset.refresh) || EVERY));

  let turn = 0;
  const round = async () => {
    clearTimeout(turn);
    if (!document.hidden && await inContact() && await refresh()) showFound();
    clearTimeout(turn);
    turn = later(pace(), round);
  };

  // --- A sync under way: its panel says where to ask ----------------------------------------------------------

  const watch = () => {
    const panel = document.getElementById("progress");
    const address = panel && panel.dataset.poll;
    if (!address) return;
    later(0.7, async () => {
      try {
        const fresh = (await load(address)).getElementById("progress");
        if (fresh) panel.replaceWith(fresh);
        // When it has ended, the rest of the page is fresh too.
        if (fresh && !fresh.dataset.poll) {
          const loaded = await load(page);
          for (const old of document.querySelectorAll("#told, [data-refresh][id]")) {
            const fresher = loaded.getElementById(old.id);
            if (fresher && !busy(old)) replace(old, fresher);
          }
          return;
        }
      } catch {
        await inContact();
      }
      watch();
    });
  };

  watch();
  if (!contact) return;
  count();
  turn = later(pace(), round);
  // A page that was out of sight, or came back from the browser's memory, is judged before it is believed.
  const look = () => {
    if (document.hidden || now() - heard < EVERY * 1000) return;
    if (now() - heard > LATE * 1000) showLost();
    round();
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", (event) => event.persisted && round());
  addEventListener("online", round);
  addEventListener("offline", showLost);
})();
