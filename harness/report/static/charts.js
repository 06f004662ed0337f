// The charts: loaded and drawn by Vega when they come near. Without scripts the tables still read.
"use strict";

(() => {
  const root = document.documentElement;
  const here = document.currentScript.src;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Data lies in scripts, as pages opened from disk may fetch nothing else.
  const arrived = new Map();
  const loading = new Map();
  window.benchChart = (name, told, begin, views) => arrived.set(name, { told, begin, views });
  function load(address) {
    const url = new URL(address, here);
    if (!loading.has(url.href)) {
      loading.set(url.href, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = url.href;
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${address.split("?")[0].replace("../", "")} is missing`));
        document.head.append(script);
      }));
    }
    return loading.get(url.href);
  }

  // Specifications name colours and fonts as the style sheet does; Vega needs their values.
  function resolved(value, within, seen = new Map()) {
    if (typeof value === "string") {
      const name = /^var\((--[\w-]+)\)$/.exec(value);
      if (!name) return value;
      if (!seen.has(value)) seen.set(value, styleValue(name[1], within));
      return seen.get(value);
    }
    if (Array.isArray(value)) return value.map((item) => resolved(item, within, seen));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, resolved(v, within, seen)]));
    }
    return value;
  }

  function styleValue(name, within) {
    const probe = document.createElement("span");
    within.append(probe);
    probe.style.color = `var(${name})`;
    const style = getComputedStyle(probe);
    const value = name === "--sans" ? style.getPropertyValue(name).trim() : style.color;
    probe.remove();
    return value;
  }

  // What is brought out, in all charts of the page alike.
  const charts = [];
  let drawing = Promise.resolve();
  const marked = { lit: "", focus: [] };
  function mark(change) {
    Object.assign(marked, change);
    charts.forEach((chart) => chart.marked());
    all("#legend button[data-label]").forEach((button) => {
      button.classList.toggle("lit", button.dataset.label === marked.lit);
      button.setAttribute("aria-pressed", String(marked.focus.includes(button.dataset.label)));
    });
    const clear = document.querySelector("#legend .clear");
    if (clear) clear.hidden = marked.focus.length === 0;
  }
  const light = (label) => { if (label !== marked.lit) mark({ lit: label }); };
  function toggle(label) {
    const focus = marked.focus.filter((other) => other !== label);
    mark({ focus: focus.length < marked.focus.length ? focus : [...focus, label] });
  }

  function legend() {
    const box = document.getElementById("legend");
    if (!box) return;
    box.hidden = false;
    box.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.label === undefined) mark({ focus: [] });
      else toggle(button.dataset.label);
    });
    const point = (event) => light(event.target.closest("button[data-label]")?.dataset.label || "");
    box.addEventListener("pointerover", point);
    box.addEventListener("pointerleave", () => light(""));
    box.addEventListener("focusin", point);
    box.addEventListener("focusout", () => light(""));
  }

  function roomFor(labels, most) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `11.5px ${getComputedStyle(document.body).fontFamily}`;
    return Math.min(most, 4 + Math.max(20, ...labels.map((label) => pen.measureText(label).width)));
  }

  class Chart {
    constructor(figure) {
      this.figure = figure;
      this.plot = figure.querySelector(".plot");
      this.number = 0;
      this.views = [];
      this.on = {}; // axis -> "log" or "linear", where the reader chose
      this.zoomed = null; // axis -> [low, high]
      const select = figure.querySelector("select");
      if (select) {
        select.closest("label").hidden = false;
        select.addEventListener("change", () => this.show(Number(select.value)));
      }
    }

    // One drawing at a time, so that the first is there soon, however fast the theme is switched.
    draw() {
      const loaded = this.load(this.number).catch((error) => error);
      drawing = drawing.then(async () => {
        const said = await loaded;
        if (said instanceof Error) throw said;
        await this.embed();
      }).catch((error) => {
        this.plot.textContent = `This chart can't be drawn: ${error.message}`;
      });
      return drawing;
    }

    async load(number) {
      const address = this.figure.dataset.source;
      const name = address.split("?")[0];
      if (!this.told) {
        const kind = `kind-${this.figure.dataset.kind}`;
        await Promise.all(["vega.js", "chart-tools.js", `${kind}.js`, `../data/${address}`].map(load));
        this.told = arrived.get(name).told;
        this.kind = arrived.get(kind).told;
      }
      const chunk = this.told.starts.findLastIndex((start) => start <= number);
      const file = chunk ? name.replace(/\.js$/, `.${chunk}.js`) : name;
      await load(`../data/${file}?${address.split("?")[1]}`);
      const { begin, views } = arrived.get(file);
      views.forEach((view, i) => { this.views[begin + i] = view; });
      return this.views[number];
    }

    get view() { return this.views[this.number]; }
    type(name) { return this.on[name] || this.view.axes[name].on; }
    full(name) { return this.view.axes[name][this.type(name)] || this.view.axes[name].linear; }

    rows() {
      const { view, told } = this;
      const columns = Object.entries(view.columns).map(([name, given]) => [name, window.benchColumn(given)]);
      return view.label.map((number, i) => {
        const row = { label: told.labels[number] ?? "" };
        if (number >= 0) {
          const [colour, shape, dash] = told.looks[number];
          Object.assign(row, { paint: this.paints[colour], shape, dash });
        }
        for (const [name, at] of columns) row[name] = at(i);
        row.key = `#${row.label}`; // Vega stumbles over a solver named "constructor"
        if (told.kind === "matrix") Object.assign(row, { rowkey: `#${row.row}`, columnkey: `#${row.column}` });
        return row;
      });
    }

    signals(width) {
      const { view, told } = this;
      const names = told.kind === "matrix" ? [...new Set(this.rows().flatMap((row) => [row.row, row.column]))]
        : [...new Set(view.label)].filter((i) => i >= 0).map((i) => told.labels[i]);
      const narrow = width < 520;
      const known = { ...told.signals, ...marked, ...view.signals, narrow };
      known.nameroom = roomFor(names, Math.min(170, width * (told.kind === "ranks" && narrow ? 0.46 : 0.3)));
      return { ...known, ...this.ends() };
    }

    ends() {
      const known = {};
      for (const name of Object.keys(this.view.axes)) {
        const [low, high, ticks, cut] = this.full(name);
        const [from, to] = this.zoomed?.[name] || [low, high];
        known[`${name}0`] = from;
        known[`${name}1`] = to;
        known[`${name}ticks`] = this.zoomed ? window.benchTicks(from, to, this.type(name), this.told.signals[`${name}form`]) : ticks;
        known[`${name}cut`] = cut;
        known[`${name}floor`] = cut ? low : -1e300;
      }
      return known;
    }

    height(narrow) { return (narrow && this.view.signals.tall) || this.view.height; }

    // The specification with the data of the view, as it is now seen.
    spec(within, width, extra = {}) {
      this.paints = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => styleValue(`--c${i}`, within));
      const known = this.signals(width);
      const spec = structuredClone(this.kind.spec);
      for (const part of ["signals", "data", "marks"]) spec[part].push(...(extra[part] || []));
      for (const signal of spec.signals) if (signal.name in known) signal.value = known[signal.name];
      for (const scale of spec.scales) if (this.view.axes[scale.name]) scale.type = this.type(scale.name);
      spec.height = this.height(known.narrow);
      const made = resolved(spec, within);
      made.data.find((data) => data.name === "rows").values = this.rows();
      return made;
    }

    async embed() {
      await this.load(this.number);
      const width = this.plot.clientWidth;
      const spec = this.spec(document.body, width);
      // Thousands of cells are quicker as an image.
      const renderer = this.view.label.length > 3000 && this.told.kind === "matrix" ? "canvas" : "svg";
      const options = { mode: "vega", ast: true, actions: false, renderer, defaultStyle: false, tooltip: () => {}, hover: false };
      if (this.finalize) this.finalize();
      const result = await window.vegaEmbed(this.plot, spec, options);
      // The figure is named, and its numbers stand in tables; marks without names help nobody.
      for (const child of this.plot.children) child.setAttribute("aria-hidden", "true");
      this.narrow = width < 520;
      this.vega = result.view;
      this.finalize = result.finalize;
      this.moved();
      if (!this.plot.dataset.drawn) window.benchInteract(this, { light, toggle, tip: tip() });
      this.plot.dataset.drawn = "yes";
      this.tools();
    }

    // Something moved within the chart: places are to be measured anew.
    moved() { this.places = null; }

    marked() {
      if (!this.vega) return;
      if (!this.near) { this.stale = true; return; }
      this.stale = false;
      this.vega.signal("lit", marked.lit).signal("focus", marked.focus).runAsync();
    }

    came(near) {
      this.near = near;
      if (near && !this.vega && !this.asked) { this.asked = true; this.draw(); }
      if (near && this.stale) this.marked();
    }

    async show(number) {
      this.number = number;
      this.zoomed = null;
      if (!this.vega) return;
      await this.load(number).catch(() => {});
      if (number === this.number) await this.draw();
    }

    // Axes are linear or logarithmic; the scale of a drawn chart can't change its kind.
    switchAxis(name) {
      this.on[name] = this.type(name) === "log" ? "linear" : "log";
      this.zoomed = null;
      return this.draw();
    }

    async zoomTo(zoomed) {
      this.zoomed = zoomed;
      Object.entries(this.ends()).forEach(([name, value]) => this.vega.signal(name, value));
      this.moved();
      await this.vega.runAsync();
      this.tools();
    }

    tools() {
      const box = this.figure.querySelector(".chart-tools");
      if (!box) return;
      box.hidden = false;
      this.plot.classList.toggle("zoomed", Boolean(this.zoomed));
      all("[data-axis]", box).forEach((button) => {
        const ends = this.view.axes[button.dataset.axis];
        button.disabled = !ends.switch;
        button.setAttribute("aria-pressed", String(Boolean(ends.log) && this.type(button.dataset.axis) === "log"));
      });
      const reset = box.querySelector("[data-zoom=reset]");
      if (reset) reset.disabled = !this.zoomed;
    }
  }

  let theTip = null;
  function tip() {
    if (theTip) return theTip;
    const box = document.createElement("div");
    box.id = "tip";
    box.hidden = true;
    document.body.append(box);
    theTip = {
      hide: () => { box.hidden = true; },
      show: (event, heading, pairs) => {
        const title = document.createElement("b");
        title.textContent = heading;
        const list = document.createElement("dl");
        for (const [name, text] of pairs) {
          const term = document.createElement("dt");
          const value = document.createElement("dd");
          term.textContent = name;
          value.textContent = text;
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
    return theTip;
  }

  function start() {
    charts.push(...all("figure.chart[data-source]").map((figure) => new Chart(figure)));
    if (!charts.length) return;
    legend();
    const of = new Map(charts.map((chart) => [chart.figure, chart]));
    const seen = new IntersectionObserver((entries) => {
      entries.forEach((entry) => of.get(entry.target).came(entry.isIntersecting));
    }, { rootMargin: "400px" });
    const sized = new ResizeObserver((entries) => entries.forEach(({ target }) => {
      const chart = of.get(target.closest("figure"));
      chart.moved();
      if (chart.vega && target.clientWidth && (target.clientWidth < 520) !== chart.narrow) chart.draw();
    }));
    charts.forEach((chart) => { seen.observe(chart.figure); sized.observe(chart.plot); });
    document.addEventListener("themechange", () => charts.forEach((chart) => chart.vega && chart.draw()));
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (theTip) theTip.hide();
      mark({ lit: "", focus: [] });
    });
  }
  window.benchLoad = load;
  window.benchResolved = resolved;
  document.addEventListener("DOMContentLoaded", start);
})();
