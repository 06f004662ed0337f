// The pages' script: theme, tables that sort and filter, charts. Without it the pages still read.
"use strict";

(() => {
  const root = document.documentElement;
  const here = document.currentScript.src;
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

  function filterable(tools) {
    const rows = [...document.getElementById(tools.dataset.filter).tBodies[0].rows];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const input = tools.querySelector("input");
    const output = tools.querySelector("output");
    tools.hidden = false;
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, i) => {
        row.hidden = !words.every((word) => texts[i].includes(word));
        shown += !row.hidden;
      });
      output.textContent = words.length ? `${shown} of ${rows.length} rows` : "";
    });
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

  // Charts

  const digits = (value, count) => Number(value.toPrecision(count)).toString();
  const forms = {
    text: String,
    count: (value) => value.toLocaleString("en"),
    gap: (value) => (value > 0 ? "+" : "") + digits(value, 5),
    excess: (value) => (1 + value).toFixed(value < 0.001 ? 6 : 4),
    time: (value) => {
      for (const [below, scale, unit] of [[1e-6, 1e9, "ns"], [1e-3, 1e6, "µs"], [1, 1e3, "ms"]]) {
        if (value < below) return `${digits(value * scale, 4)} ${unit}`;
      }
      return `${digits(value, 4)} s`;
    },
  };

  let vegaLoading = null;
  function vega() {
    vegaLoading ||= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL("vega.js", here).href;
      script.onload = () => resolve(window.vegaEmbed);
      script.onerror = () => reject(new Error("vega.js is missing"));
      document.head.append(script);
    });
    return vegaLoading;
  }

  // Specifications name colours and fonts as the style sheet does; Vega needs their values.
  function resolved(value, seen) {
    if (typeof value === "string") {
      const name = /^var\((--[\w-]+)\)$/.exec(value);
      if (!name) return value;
      if (!seen.has(value)) seen.set(value, styleValue(name[1]));
      return seen.get(value);
    }
    if (Array.isArray(value)) return value.map((item) => resolved(item, seen));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolved(v, seen)]));
    }
    return value;
  }

  function styleValue(name) {
    const text = getComputedStyle(root).getPropertyValue(name).trim();
    if (name === "--sans") return text;
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  }

  const views = new Set();
  const marked = { lit: "", focus: [] };
  function mark(change) {
    Object.assign(marked, change);
    views.forEach((view) => view.signal("lit", marked.lit).signal("focus", marked.focus).runAsync());
    all("#legend button[data-label]").forEach((button) => {
      button.classList.toggle("lit", button.dataset.label === marked.lit);
      button.setAttribute("aria-pressed", String(marked.focus.includes(button.dataset.label)));
    });
    const clear = document.querySelector("#legend .clear");
    if (clear) clear.hidden = marked.focus.length === 0;
  }

  function legend() {
    const box = document.getElementById("legend");
    box.hidden = false;
    box.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const label = button.dataset.label;
      if (label === undefined) mark({ focus: [] });
      else toggle(label);
    });
    const light = (event) => {
      const button = event.target.closest("button[data-label]");
      const label = button ? button.dataset.label : "";
      if (label !== marked.lit) mark({ lit: label });
    };
    const dim = () => mark({ lit: "" });
    box.addEventListener("pointerover", light);
    box.addEventListener("pointerleave", dim);
    box.addEventListener("focusin", light);
    box.addEventListener("focusout", dim);
  }

  function toggle(label) {
    const focus = marked.focus.filter((other) => other !== label);
    mark({ focus: focus.length < marked.focus.length ? focus : [...focus, label] });
  }

  function tip() {
    const box = document.createElement("div");
    box.id = "tip";
    box.hidden = true;
    document.body.append(box);
    return {
      hide: () => { box.hidden = true; },
      show: (event, datum, fields) => {
        const title = document.createElement("b");
        title.textContent = datum.label;
        const list = document.createElement("dl");
        for (const [name, heading, kind] of fields) {
          if (datum[name] === undefined || datum[name] === null) continue;
          const term = document.createElement("dt");
          const value = document.createElement("dd");
          term.textContent = heading;
          value.textContent = forms[kind](datum[name]);
          list.append(term, value);
        }
        box.replaceChildren(title, list);
        box.hidden = false;
        const { width, height } = box.getBoundingClientRect();
        const right = event.clientX + 16 + width < innerWidth;
        const x = right ? event.clientX + 16 : event.clientX - 16 - width;
        box.style.left = `${Math.max(4, x)}px`;
        box.style.top = `${Math.max(4, Math.min(event.clientY + 14, innerHeight - height - 4))}px`;
      },
    };
  }

  function rowsOf(view, labels) {
    const names = Object.keys(view.columns);
    return view.label.map((number, i) => {
      const row = { label: labels[number] };
      for (const name of names) row[name] = view.columns[name][i];
      return row;
    });
  }

  const datumOf = (item) => {
    let datum = item && item.datum;
    while (datum && datum.datum) datum = datum.datum;
    return datum && datum.label !== undefined ? datum : null;
  };

  class Chart {
    constructor(figure, labels, tooltip) {
      this.figure = figure;
      this.plot = figure.querySelector(".plot");
      this.data = null; // read when it is drawn
      this.labels = labels;
      this.tooltip = tooltip;
      this.shown = 0;
      this.view = null;
      this.drawing = Promise.resolve();
      this.plot.addEventListener("pointerleave", () => {
        this.tooltip.hide();
        if (marked.lit) mark({ lit: "" });
      });
      const select = figure.querySelector("select");
      if (select) {
        select.closest("label").hidden = false;
        select.addEventListener("change", () => this.show(Number(select.value)));
      }
    }

    rows() { return rowsOf(this.data.views[this.shown], this.labels); }

    // One drawing at a time, however fast the theme is switched.
    draw() {
      this.drawing = this.drawing.then(() => this.embed()).catch((error) => {
        this.plot.textContent = `This chart can't be drawn: ${error.message}`;
      });
    }

    async embed() {
      this.data ||= JSON.parse(this.figure.querySelector("script").textContent);
      const embed = await vega();
      const spec = resolved(this.data.spec, new Map());
      spec.data.find((data) => data.name === "rows").values = this.rows();
      const known = { ...marked, ...this.data.views[this.shown].signals };
      for (const signal of spec.signals) {
        if (signal.name in known) signal.value = known[signal.name];
      }
      if (this.view) views.delete(this.view);
      if (this.finalize) this.finalize();
      const options = { mode: "vega", ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: () => {}, hover: false };
      const result = await embed(this.plot, spec, options);
      this.view = result.view;
      this.finalize = result.finalize;
      views.add(this.view);
      this.listen();
      this.plot.dataset.drawn = "yes";
    }

    listen() {
      this.view.addEventListener("pointermove", (event, item) => {
        const datum = datumOf(item);
        if (datum) this.tooltip.show(event, datum, this.data.fields);
        else this.tooltip.hide();
        const label = datum ? datum.label : "";
        if (label !== marked.lit) mark({ lit: label });
      });
      this.view.addEventListener("click", (event, item) => {
        const datum = datumOf(item);
        if (datum) toggle(datum.label);
      });
    }

    show(number) {
      this.shown = number;
      if (!this.view) return;
      Object.entries(this.data.views[number].signals).forEach(([name, value]) => this.view.signal(name, value));
      this.view.data("rows", this.rows()).resize().runAsync();
    }
  }

  function charts() {
    const keys = document.getElementById("keys");
    if (!keys) return;
    const { labels } = JSON.parse(keys.textContent);
    const tooltip = tip();
    legend();
    const charts = new Map(all("figure.chart").map((figure) => [figure, new Chart(figure, labels, tooltip)]));
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries.filter((one) => one.isIntersecting)) {
        seen.unobserve(entry.target);
        charts.get(entry.target).draw();
      }
    }, { rootMargin: "400px" });
    charts.forEach((_, figure) => seen.observe(figure));
    document.addEventListener("themechange", () => charts.forEach((chart) => chart.view && chart.draw()));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { tooltip.hide(); mark({ lit: "", focus: [] }); }
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    all("table[data-sort]").forEach(sortable);
    all("[data-filter]").forEach(filterable);
    charts();
    themeButton();
    unfold();
    addEventListener("hashchange", unfold);
    addEventListener("beforeprint", () => all("details").forEach((fold) => { fold.open = true; }));
  });
})();
