// The pages' script: theme, and tables that sort and filter. Without it the pages still read.
"use strict";

(() => {
  const root = document.documentElement;
  const store = {
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } },
  };

  // Theme: what the address asks for, else what was chosen, else what the system prefers.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const asked = new URLSearchParams(location.search).get("theme");
  let chosen = ["light", "dark"].includes(asked) ? asked : store.get("bench-theme");
  const theme = () => chosen || (dark.matches ? "dark" : "light");
  root.dataset.theme = theme();

  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  function themeButton() {
    const button = document.getElementById("theme");
    const show = () => {
      const other = theme() === "dark" ? "light" : "dark";
      root.dataset.theme = theme();
      button.setAttribute("aria-label", `Switch to the ${other} theme`);
      button.querySelector("span").textContent = other === "dark" ? "Dark" : "Light";
      document.dispatchEvent(new Event("themechange"));
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      chosen = theme() === "dark" ? "light" : "dark";
      store.set("bench-theme", chosen);
      show();
    });
    dark.addEventListener("change", show);
    show();
  }

  // Tables

  function sortKey(row, column) {
    const cell = row.cells[column];
    const text = "v" in cell.dataset ? cell.dataset.v : cell.textContent.trim();
    const number = Number(text);
    return { text, number, missing: text === "", numeric: text !== "" && !Number.isNaN(number) };
  }

  function compare(a, b) {
    return a.numeric && b.numeric
      ? a.number - b.number
      : a.text.localeCompare(b.text, undefined, { numeric: true, sensitivity: "base" });
  }

  function sortable(table) {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        const first = head.dataset.first || "ascending";
        const second = first === "ascending" ? "descending" : "ascending";
        const order = now === first ? second : first;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", order);
        const sign = order === "ascending" ? 1 : -1;
        const rows = [...body.rows].map((row) => ({ row, key: sortKey(row, column) }));
        rows.sort((a, b) => a.key.missing - b.key.missing || sign * compare(a.key, b.key));
        body.append(...rows.map((item) => item.row));
      });
    });
  }

  // Filters: words that a row must hold, and choices among the values that rows carry. The address
  // may ask for both: ?<id of the table>=words, ?<name of the choice>=value.

  function filterable(tools) {
    const list = document.getElementById(tools.dataset.filter);
    if (!list) return;
    const rows = [...(list.tBodies ? list.tBodies[0].rows : list.children)];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const input = tools.querySelector("input");
    const choices = all("select", tools);
    const output = tools.querySelector("output");
    const asked = new URLSearchParams(location.search);
    const filter = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = choices.filter((choice) => choice.value);
      let shown = 0;
      rows.forEach((row, i) => {
        const fits = words.every((word) => texts[i].includes(word))
          && wanted.every((choice) => row.dataset[choice.name] === choice.value);
        row.hidden = !fits;
        shown += fits;
      });
      const idle = !words.length && !wanted.length;
      output.textContent = idle ? "" : `${shown} of ${rows.length} ${tools.dataset.unit || "rows"}`;
    };
    tools.hidden = false;
    input.addEventListener("input", filter);
    choices.forEach((choice) => choice.addEventListener("change", filter));
    input.value = asked.get(list.id) || "";
    choices.forEach((choice) => {
      if ([...choice.options].some((one) => one.value === asked.get(choice.name))) choice.value = asked.get(choice.name);
    });
    filter();
  }

  // A link to a folded section opens it.
  function unfold() {
    let target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch { /* no id */ }
    const folded = target && target.closest("details");
    if (folded && !folded.open) {
      folded.open = true;
      target.scrollIntoView();
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    all("table[data-sort]").forEach(sortable);
    all("[data-filter]").forEach(filterable);
    themeButton();
    unfold();
    addEventListener("hashchange", unfold);
    addEventListener("beforeprint", () => all("details").forEach((fold) => { fold.open = true; }));
  });
})();
