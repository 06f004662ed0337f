// The search box of every page. What it looks through is loaded when it is first used.
"use strict";

(() => {
  const here = document.currentScript.src;
  const MOST = 24;
  const ORDER = ["problem", "solver", "statistic", "claim", "case", "paper"];

  let loading = null;
  function data() {
    loading ||= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL("search-data.js", here).href;
      script.onload = () => resolve(window.benchSearch.map(prepared));
      script.onerror = () => reject(new Error("search-data.js is missing"));
      document.head.append(script);
    });
    return loading;
  }

  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  const squeezed = (text) => text.replace(/[\s_-]+/g, "");

  function prepared([kind, title, words, link]) {
    const name = plain(title);
    return { kind, title, words, link, name, tight: squeezed(name), all: `${name} ${plain(words)} ${kind}` };
  }

  // The smaller the better; undefined where a word is not there at all.
  function score(row, words, whole) {
    if (row.name === whole || row.tight === squeezed(whole)) return 0;
    let worst = 1;
    for (const word of words) {
      if (row.name.startsWith(word)) continue;
      if (new RegExp(`[^a-z0-9]${RegExp.escape ? RegExp.escape(word) : word.replace(/[^\w]/g, "\\$&")}`).test(row.name)) worst = Math.max(worst, 2);
      else if (row.name.includes(word) || row.tight.includes(squeezed(word))) worst = Math.max(worst, 3);
      else if (row.all.includes(word)) worst = Math.max(worst, 4);
      else return undefined;
    }
    return worst;
  }

  function found(rows, text) {
    const whole = plain(text).trim();
    const words = whole.split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    return rows
      .map((row, place) => ({ row, place, score: score(row, words, whole) }))
      .filter((one) => one.score !== undefined)
      .sort((a, b) => a.score - b.score || ORDER.indexOf(a.row.kind) - ORDER.indexOf(b.row.kind) || a.place - b.place)
      .map((one) => one.row);
  }

  function element(tag, name, text) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text) made.textContent = text;
    return made;
  }

  function item(row, root) {
    const link = element("a");
    link.href = root + row.link;
    const title = element("span", "search-title", row.title);
    link.append(element("span", "search-kind", row.kind), title);
    if (row.words) link.append(element("span", "search-words", row.words));
    const line = element("li");
    line.append(link);
    return line;
  }

  function start() {
    const box = document.getElementById("search");
    if (!box) return;
    const input = box.querySelector("input");
    const panel = box.querySelector(".search-found");
    const list = panel.querySelector("ul");
    const said = panel.querySelector("p");
    const links = () => [...list.querySelectorAll("a")];
    const close = () => { panel.hidden = true; };
    let turn = 0;
    box.hidden = false;

    async function show() {
      const mine = ++turn;
      if (!input.value.trim()) { close(); return; }
      let rows;
      try {
        rows = found(await data(), input.value);
      } catch (error) {
        rows = [];
        said.textContent = `Nothing can be searched: ${error.message}.`;
        panel.hidden = false;
        return;
      }
      if (mine !== turn) return;
      list.replaceChildren(...rows.slice(0, MOST).map((row) => item(row, box.dataset.root)));
      list.scrollTop = 0;
      const more = rows.length > MOST ? `, the first ${MOST} shown` : "";
      said.textContent = rows.length ? `${rows.length} found${more}` : "Nothing found";
      panel.hidden = false;
    }

    input.addEventListener("input", show);
    input.addEventListener("focus", () => { data().catch(() => {}); if (input.value) show(); });
    box.addEventListener("keydown", (event) => {
      const all = links();
      const at = all.indexOf(document.activeElement);
      if (event.key === "Escape") {
        close();
        if (at >= 0) input.focus();
      } else if (event.key === "ArrowDown" && all.length && !panel.hidden) {
        all[Math.min(at + 1, all.length - 1)].focus();
        event.preventDefault();
      } else if (event.key === "ArrowUp" && at >= 0) {
        (at ? all[at - 1] : input).focus();
        event.preventDefault();
      } else if (event.key === "Enter" && document.activeElement === input && all.length && !panel.hidden) {
        all[0].click();
      }
    });
    document.addEventListener("pointerdown", (event) => { if (!box.contains(event.target)) close(); });
    box.addEventListener("focusout", (event) => { if (event.relatedTarget && !box.contains(event.relatedTarget)) close(); });
    document.addEventListener("keydown", (event) => {
      const writing = event.target.closest("input, select, textarea, [contenteditable]");
      if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault();
        input.focus();
        input.select();
      }
    });
  }

  document.addEventListener("DOMContentLoaded", start);
})();
