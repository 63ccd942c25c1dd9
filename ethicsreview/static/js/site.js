/* The little script there is. Every page works without it.
   Theme at once, menus that close, the folding navigation, autosave words, a warning before words are lost,
   counters, focus on the error summary and after a swap, table roles that "display: block" would take away. */
(() => {
  "use strict";
  const root = document.documentElement;

  // Theme: shown at once; the server keeps the choice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const chosen = event.submitter;
    if (!form.matches("[data-theme-switch]") || !chosen) return;
    event.preventDefault();
    const before = root.dataset.theme;
    const show = (theme) => {
      root.dataset.theme = theme;
      for (const button of document.querySelectorAll("[data-theme-switch] button")) {
        button.setAttribute("aria-pressed", String(button.value === theme));
      }
    };
    show(chosen.value);
    const body = new URLSearchParams(new FormData(form));
    body.set("theme", chosen.value);
    fetch(form.action, { method: "POST", body, redirect: "manual", credentials: "same-origin" })
      .then((answer) => { if (answer.status >= 400) show(before); })
      .catch(() => show(before));
  });

  // Menus close on Escape and on a click elsewhere; the navigation folds on a phone.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (menu !== except) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details[data-menu]"));
    const toggle = event.target.closest("[data-toggle]");
    if (!toggle) return;
    const open = document.getElementById(toggle.dataset.toggle).classList.toggle("is-open");
    toggle.setAttribute("aria-expanded", String(open));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details[data-menu][open]");
    closeMenus(null);
    if (open) open.querySelector("summary").focus();
  });

  // A button that says why it is refused stays reachable, and does nothing.
  document.addEventListener("click", (event) => {
    if (event.target.closest('[aria-disabled="true"]')) event.preventDefault();
  }, true);

  // Autosave: what is unsaved, being saved, saved, or failed. Each saving element counts for itself.
  const unsaved = new Set();
  let leaving = false;
  const keeper = (element) => element.closest("[data-saves]") || element.closest("form[data-warn-unsaved]");
  const say = (state) => {
    const place = document.querySelector("[data-autosave]");
    if (!place) return;
    const time = new Date().toLocaleTimeString(root.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    place.dataset.state = state;
    place.querySelector(".autosave__text").textContent =
      state === "saved" ? `${place.dataset.saved} ${time}` : place.dataset[state];
  };
  document.addEventListener("input", (event) => {
    const owner = keeper(event.target);
    if (!owner) return;
    unsaved.add(owner);
    say("unsaved");
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) leaving = true;
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    for (const owner of unsaved) if (!owner.isConnected) unsaved.delete(owner);
    if (unsaved.size && !leaving) event.preventDefault();
  });
  // After a swap htmx names the nearest element still on the page; the one that asked stands in its request.
  const saver = ({ detail }) => {
    const asking = (detail.requestConfig && detail.requestConfig.elt) || detail.elt;
    return asking && asking.closest && asking.closest("[data-saves]");
  };
  const failed = new Map();
  const forgetGone = () => {
    for (const owner of [...failed.keys(), ...unsaved]) {
      if (owner.isConnected) continue;
      failed.delete(owner);
      unsaved.delete(owner);
    }
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const owner = saver(event);
    if (!owner) return;
    unsaved.delete(owner); // words typed from here on mark it again
    say("saving");
  });
  // An ended session answers a save with the sign-in page: that is no success, and must not replace the words.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr.responseURL;
    if (!saver(event) && !saver({ detail: { elt: event.detail.requestConfig.elt } })) return;
    if (!answer || new URL(answer).pathname === new URL(event.detail.requestConfig.path, location.href).pathname) return;
    event.detail.shouldSwap = false;
    event.detail.isError = true;
    event.detail.requestConfig.ended = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const owner = saver(event);
    if (!owner) return;
    if (event.detail.xhr.status === 409 || event.detail.xhr.status === 422) {
      failed.delete(owner); // an answer, not a failure: the page says what is wrong, and trying again would not help
      unsaved.add(owner);
      say("unsaved");
      return;
    }
    if (event.detail.successful) {
      failed.delete(owner);
      forgetGone();
      say(failed.size ? "failed" : unsaved.size ? "unsaved" : "saved");
      return;
    }
    unsaved.add(owner);
    failed.set(owner, event.detail.elt);
    say(event.detail.requestConfig.ended ? "ended" : "failed");
  });
  // What could not be sent says so where it stands.
  for (const name of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(name, (event) => {
      const place = event.detail.elt.querySelector && event.detail.elt.querySelector("[data-says-failed]");
      if (place) place.textContent = place.dataset.saysFailed;
    });
  }
  // A new session brings a new token; without it a repeated save would be refused.
  const renew = async () => {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const headers = page.body.getAttribute("hx-headers");
    if (!headers) return;
    document.body.setAttribute("hx-headers", headers);
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
      field.value = JSON.parse(headers)["X-CSRFToken"];
    }
  };
  const again = async () => {
    forgetGone();
    if (!failed.size) return;
    try { await renew(); } catch { return; }
    for (const [owner, element] of failed) {
      const wish = element.getAttribute("hx-trigger") || "change";
      if (owner.isConnected) element.dispatchEvent(new Event(wish.split(/[\s,]/)[0], { bubbles: true }));
    }
  };
  window.addEventListener("online", again);
  window.setInterval(() => { if (navigator.onLine) again(); }, 15000);

  // What a freshly shown piece of page needs.
  const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TD: "cell" };
  const dress = (piece) => {
    for (const table of piece.querySelectorAll(".table:not(.table--plain):not([role])")) {
      for (const part of [table, ...table.querySelectorAll("thead, tbody, tfoot, tr, td, th")]) {
        const role = part.tagName === "TH" ? (part.scope === "row" ? "rowheader" : "columnheader") : roles[part.tagName];
        part.setAttribute("role", role);
      }
    }
    for (const counter of piece.querySelectorAll("[data-counter]")) {
      const field = document.getElementById(counter.dataset.counter);
      if (!field || counter.dataset.live) continue;
      counter.dataset.live = "yes";
      const count = () => {
        const left = Number(counter.dataset.most) - field.value.length;
        counter.textContent = `${left} ${counter.dataset.words}`;
        counter.classList.toggle("is-over", left < 0);
      };
      field.addEventListener("input", count);
      count();
    }
    const summary = piece.querySelector("[data-focus]");
    if (summary) summary.focus();
  };
  // Whoever stood on a control that a swap takes away stands on what took its place, not at the top of the page.
  const controls = "a[href], button:not([disabled]), input:not([type=hidden]), select, textarea, summary";
  let stood = [];
  document.addEventListener("htmx:beforeSwap", () => {
    stood = [];
    for (let one = document.activeElement; one; one = one.parentElement) if (one.id) stood.push(one.id);
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (document.activeElement !== document.body) return;
    for (const place of stood.map((id) => document.getElementById(id))) {
      const control = place && place.id !== "main" && place.querySelector(controls);
      if (control) return control.focus({ preventScroll: true });
    }
  });

  dress(document);
  document.addEventListener("htmx:load", (event) => {
    const piece = event.detail.elt;
    if (piece !== document.body) dress(piece.parentElement || piece);
  });
})();
