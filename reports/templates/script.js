"use strict";
(() => {
  const table = document.querySelector(".matrix");
  const trials = [...table.tBodies];
  const form = document.getElementById("filters");
  const shown = document.getElementById("shown");
  const clear = document.getElementById("clear");
  const empty = document.getElementById("empty");
  const chips = [...form.querySelectorAll(".chip")];
  const heads = [...table.tHead.querySelectorAll("button")];
  const texts = new Map(trials.map((t) => [t, t.rows[0].textContent.toLowerCase()]));

  // The state lives in the address, so that a view can be sent to someone.
  const read = () => new URLSearchParams(location.hash.slice(1));
  const write = (state) => {
    state.delete("trial");
    for (const [key, value] of [...state]) if (!value) state.delete(key);
    const hash = state.toString().replaceAll("%2F", "/").replaceAll("%2C", ",");
    history.replaceState(null, "", "#" + hash);
    apply();
  };

  const cell = { predicted: 2, observed: 3, final: 4 };
  const keyOf = (trial, by) => {
    if (by === "verdict") return Number(trial.dataset.rank);
    if (by === "took") return Number(trial.dataset.took);
    if (by === "id") return trial.dataset.id;
    return trial.rows[0].cells[cell[by]].textContent.trim();
  };
  const compare = (a, b) => (typeof a === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0);

  let sorted = "";
  const sort = (spec) => {
    if (spec === sorted) return;
    sorted = spec;
    const [by, down] = spec.split("-");
    const known = heads.some((h) => h.dataset.sort === by);
    const order = known ? trials.map((t) => [keyOf(t, by), t]).sort((a, b) => (down ? -1 : 1) * compare(a[0], b[0])).map((p) => p[1]) : trials;
    table.append(...order);
    for (const h of heads) {
      const here = known && h.dataset.sort === by;
      h.parentElement.setAttribute("aria-sort", here ? (down ? "descending" : "ascending") : "none");
    }
  };

  const apply = () => {
    const state = read();
    const verdicts = (state.get("verdict") || "").split(",").filter(Boolean);
    const family = state.get("family") || "", level = state.get("level") || "", requirement = state.get("requirement") || "";
    const words = (state.get("find") || "").toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const trial of trials) {
      const d = trial.dataset;
      const fits = (!verdicts.length || verdicts.includes(d.verdict) || (d.marks || "").split(" ").some((m) => verdicts.includes(m))) && (!family || d.family === family) && (!level || d.level === level) &&
        (!requirement || d.requirements.split("|").includes(requirement)) && words.every((w) => texts.get(trial).includes(w));
      trial.hidden = !fits;
      if (fits) count++;
    }
    for (const chip of chips) chip.setAttribute("aria-pressed", String(verdicts.includes(chip.dataset.verdict)));
    for (const name of ["family", "level", "requirement", "find"]) {
      const field = form.elements[name];
      if (field !== document.activeElement) field.value = state.get(name) || "";
    }
    const text = `${count} of ${trials.length}`;
    if (shown.textContent !== text) shown.textContent = text;
    clear.hidden = count === trials.length;
    empty.hidden = count > 0;
    sort(state.get("sort") || "");
    const wanted = state.get("trial");
    if (wanted) reveal(wanted);
  };

  // What a trial opens to is kept as text and becomes part of the page when
  // it is first asked for: a thousand closed trials cost next to nothing.
  const open = (trial, on) => {
    const button = trial.querySelector(".open");
    let more = trial.querySelector(".more");
    if (on && !more) {
      more = document.createElement("tr");
      more.className = "more";
      const td = more.insertCell();
      td.colSpan = table.tHead.rows[0].cells.length;
      td.innerHTML = trial.querySelector("script").textContent;
      trial.append(more);
    }
    if (more) more.hidden = !on;
    button.setAttribute("aria-expanded", String(on));
    trial.classList.toggle("is-open", on);
  };

  let revealed = "";
  const reveal = (id) => {
    if (id === revealed) return;
    revealed = id;
    const trial = trials.find((t) => t.dataset.id === id);
    if (!trial) return;
    trial.hidden = false;
    open(trial, true);
    trial.scrollIntoView();
    trial.querySelector(".open").focus({ preventScroll: true });
  };

  table.addEventListener("click", (event) => {
    const head = event.target.closest("thead button");
    if (head) {
      const state = read(), by = head.dataset.sort, now = state.get("sort");
      state.set("sort", now === by ? by + "-down" : now === by + "-down" ? "" : by);
      write(state);
      return;
    }
    const row = event.target.closest(".trial > tr:first-child");
    if (!row || (event.target.closest("button, a") || row).matches("a") || String(getSelection())) return;
    open(row.parentElement, row.querySelector(".open").getAttribute("aria-expanded") !== "true");
  });
  form.addEventListener("click", (event) => {
    const chip = event.target.closest(".chip");
    if (!chip) return;
    const state = read();
    const on = new Set((state.get("verdict") || "").split(",").filter(Boolean));
    if (!on.delete(chip.dataset.verdict)) on.add(chip.dataset.verdict);
    state.set("verdict", [...on].join(","));
    write(state);
  });
  form.addEventListener("input", (event) => {
    const state = read();
    state.set(event.target.name, event.target.value);
    write(state);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of [clear, empty.querySelector("button")]) {
    button.addEventListener("click", () => {
      const state = new URLSearchParams();
      if (read().get("sort")) state.set("sort", read().get("sort"));
      write(state);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !/INPUT|SELECT/.test(document.activeElement.tagName)) {
      event.preventDefault();
      form.elements.find.focus();
    }
  });
  addEventListener("hashchange", () => { revealed = ""; apply(); });
  // On paper, what went wrong is told in full.
  addEventListener("beforeprint", () => {
    for (const trial of trials) if (!trial.hidden && /fail|error|inconclusive/.test(trial.dataset.verdict)) open(trial, true);
  });
  apply();
  document.documentElement.dataset.ready = "yes";
})();
