// What a reader does with a chart: point, zoom, switch axes, save. Loaded with the first chart.
"use strict";

(() => {
  const digits = (value, count) => Number(value.toPrecision(count)).toString();
  const scaled = (value, steps) => {
    const [, scale, unit] = steps.find(([below]) => Math.abs(value) < below);
    return `${digits(value / scale, 4)} ${unit}`;
  };
  const TIMES = [[1e-6, 1e-9, "ns"], [1e-3, 1e-6, "µs"], [1, 1e-3, "ms"], [Infinity, 1, "s"]];
  const SIZES = [[1024, 1, "B"], [2 ** 20, 1024, "KiB"], [2 ** 30, 2 ** 20, "MiB"], [Infinity, 2 ** 30, "GiB"]];
  const forms = {
    text: String,
    count: (value) => value.toLocaleString("en", { maximumFractionDigits: 2 }),
    gap: (value) => (value > 0 ? "+" : "") + digits(value, 5),
    excess: (value) => (1 + value).toFixed(value < 0.001 ? 6 : 4),
    ratio: (value) => (Math.abs(value) < 10 ? value.toFixed(4) : digits(value, 4)),
    factor: (value) => `${digits(value, 4)}×`,
    share: (value) => `${digits(value * 100, 4)} %`,
    probability: (value) => (value > 0 && value < 1e-4 ? "< 0.0001" : digits(value, 4)),
    rank: (value) => digits(Number(value.toFixed(2)), 6),
    time: (value) => (value === 0 ? "0 s" : scaled(value, TIMES)),
    size: (value) => scaled(value, SIZES),
    number: (value) => digits(value, 5),
  };
  const written = (value, form) => (typeof value === "number" ? (forms[form] || forms.number)(value) : String(value));

  // Packed columns: one value for all rows, numbers of a list of texts, or the values.
  window.benchColumn = (given) => {
    if (Array.isArray(given)) return (i) => given[i];
    if (given && given.words) return (i) => given.words[given.index[i]];
    return () => given;
  };

  // The ticks of a zoomed axis, as harness/report/axes.py has them for a whole one.
  const rounded = (value, count) => Number(value.toPrecision(count));
  function linearTicks(low, high) {
    const width = high - low;
    if (!Number.isFinite(width) || width <= 0) return [low];
    const power = 10 ** Math.floor(Math.log10(width / 6));
    const step = [1, 2, 5, 10].map((one) => one * power).find((one) => width / one <= 7);
    const found = [];
    for (let i = Math.ceil(low / step - 1e-9); i <= Math.floor(high / step + 1e-9); i += 1) found.push(rounded(i * step, 12));
    return found;
  }
  const DIGITS = [[1], [1, 3], [1, 2, 5], [1, 2, 3, 5], [1, 1.5, 2, 3, 4, 5, 7], [1, 2, 3, 4, 5, 6, 7, 8, 9]];
  function logTicks(low, high) {
    const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
    let found = [];
    for (const part of DIGITS) {
      found = [];
      for (let power = first; power <= last; power += 1) {
        for (const digit of part) {
          const value = rounded(Number(`${digit}e${power}`), 4);
          if (low <= value * 1.0001 && value * 0.9999 <= high) found.push(value);
        }
      }
      if (found.length >= 4) break;
    }
    if (found.length < 2) return linearTicks(low, high);
    const each = Math.ceil(found.length / 8);
    return found.filter((_, i) => i % each === 0);
  }
  window.benchTicks = (low, high, type, form) => {
    const found = type === "log" ? logTicks(low, high) : linearTicks(low, high);
    const whole = form === "count" ? found.filter(Number.isInteger) : []; // there is no half of a thing
    return whole.length ? whole : found;
  };

  // Where the rows of a chart lie, as lines in pixels: [row, x, y, x, y].
  function places(chart, rows) {
    const scale = (name) => chart.vega.scale(name);
    const { kind } = chart.told;
    const known = chart.vega.getState({ data: () => false, signals: () => true, recurse: false }).signals;
    const across = (value) => scale("x")(Math.max(value, known.xfloor ?? -1e300));
    if (kind === "matrix") {
      const [x, y] = [scale("x"), scale("y")];
      return rows.map((row) => {
        const [px, py] = [x(row.columnkey) + x.bandwidth() / 2, y(row.rowkey) + y.bandwidth() / 2];
        return [row, px, py, px, py];
      });
    }
    if (kind === "ranks") return ranks(chart, rows, known, across);
    if (kind === "strips" || kind === "intervals") {
      const y = scale("y");
      return rows.map((row) => {
        const [px, py] = [across(row.x), y(row.key) + y.bandwidth() / 2];
        return [row, px, py, px, py];
      });
    }
    const spots = rows.map((row) => [row, across(row.x), scale("y")(Math.max(row.y, known.yfloor))]);
    if (kind === "points") return spots.map(([row, x, y]) => [row, x, y, x, y]);
    const found = [];
    spots.forEach(([row, x, y], i) => {
      const next = spots[i + 1];
      const joined = next && next[0].label === row.label && row.joined !== 0;
      if (!joined) found.push([row, x, y, x, y]);
      else if (known.step) found.push([row, x, y, next[1], y], [row, next[1], y, next[1], next[2]]);
      else {
        const [mx, my] = [(x + next[1]) / 2, (y + next[2]) / 2];
        found.push([row, x, y, mx, my], [next[0], mx, my, next[1], next[2]]);
      }
    });
    return found;
  }

  function ranks(chart, rows, known, across) {
    const { axis, bar } = chart.kind.sizes;
    return rows.filter((row) => row.part === 0).flatMap((row) => {
      const x = across(row.x);
      const level = known.narrow ? row.alone : row.level;
      const y = axis + 14 + known.levels * bar + level * known.each;
      const end = !known.narrow && row.side === 1 ? chart.vega.width() : 0;
      return [[row, x, axis, x, y], [row, x, y, end, y]];
    });
  }

  function distance(x, y, [, x1, y1, x2, y2]) {
    const [dx, dy] = [x2 - x1, y2 - y1];
    const length = dx * dx + dy * dy;
    const t = length ? Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length)) : 0;
    return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
  }

  function nearest(chart, [x, y]) {
    chart.places ||= places(chart, chart.rows());
    const { kind } = chart.told;
    const rowwise = kind === "strips" || kind === "intervals";
    const [width, height] = [chart.vega.width(), chart.vega.height()];
    if (kind !== "ranks" && !rowwise && (x < -8 || x > width + 8)) return null;
    if (y < -8 || y > height + 8) return null;
    let [best, least] = [null, Infinity];
    for (const place of chart.places) {
      const inside = place[1] <= width + 12 && place[3] >= -12;
      const far = rowwise ? 1e4 * Math.abs(y - place[2]) + Math.abs(x - place[1]) : distance(x, y, place);
      if (far < least && (inside || rowwise)) [best, least] = [place[0], far];
    }
    return best;
  }

  function spot(chart, event) {
    const box = chart.plot.querySelector("svg, canvas").getBoundingClientRect();
    const [ox, oy] = chart.vega.origin();
    const padding = chart.vega.padding();
    return [event.clientX - box.left - padding.left - ox, event.clientY - box.top - padding.top - oy];
  }

  function told(chart, row) {
    const pairs = [];
    for (const [column, heading, form, low, high] of chart.told.fields) {
      const value = row[column];
      if (value === undefined || value === null) continue;
      const ends = low && row[low] !== undefined && row[low] !== null && row[high] !== null;
      const text = written(value, form);
      pairs.push([heading, ends ? `${text} (${written(row[low], form)} – ${written(row[high], form)})` : text]);
    }
    return chart.told.kind === "matrix" ? [`${row.row} · ${row.column}`, pairs.slice(2)] : [row.label, pairs];
  }

  // Zooming

  const forward = (type) => (type === "log" ? Math.log : (value) => value);
  const back = (type) => (type === "log" ? Math.exp : (value) => value);
  const axesOf = (chart) => Object.keys(chart.view.axes);
  const nowOf = (chart, name) => (chart.zoomed?.[name] || chart.full(name).slice(0, 2)).map(forward(chart.type(name)));

  // Ends of the axes from ends on the straight ones; nothing lies beyond the whole, nor can one see
  // less than a millionth of it.
  function zoom(chart, wanted) {
    const zoomed = {};
    let within = false;
    for (const name of axesOf(chart)) {
      const type = chart.type(name);
      const [low, high] = chart.full(name).slice(0, 2).map(forward(type));
      let [from, to] = wanted(name, nowOf(chart, name));
      const whole = high - low;
      if (to - from < whole * 1e-6) [from, to] = nowOf(chart, name);
      if (to - from >= whole * 0.9999) [from, to] = [low, high];
      else {
        const shift = Math.max(low - from, 0) + Math.min(high - to, 0);
        [from, to] = [from + shift, to + shift];
        within = true;
      }
      zoomed[name] = [from, to].map(back(type));
    }
    return chart.zoomTo(within ? zoomed : null);
  }

  const share = (chart, name, [x, y]) => (name === "x" ? x / chart.vega.width() : 1 - y / chart.vega.height());
  function zoomAbout(chart, factor, at) {
    return zoom(chart, (name, [from, to]) => {
      const middle = from + (to - from) * (at ? Math.min(1, Math.max(0, share(chart, name, at))) : 0.5);
      return [middle + (from - middle) * factor, middle + (to - middle) * factor];
    });
  }
  function pan(chart, right, up) {
    return zoom(chart, (name, [from, to]) => {
      const shift = (to - from) * (name === "x" ? right : up);
      return [from + shift, to + shift];
    });
  }
  function zoomBox(chart, a, b) {
    return zoom(chart, (name, [from, to]) => {
      const ends = [share(chart, name, a), share(chart, name, b)].sort((p, q) => p - q);
      return ends.map((one) => from + (to - from) * Math.min(1, Math.max(0, one)));
    });
  }

  // A drag marks what to look at; in a zoomed chart it moves that. Returns whether one has happened.
  function dragging(chart) {
    let start = null;
    let last = null;
    let dragged = false;
    const box = document.createElement("div");
    box.className = "box";
    const outline = (a, b) => {
      const frame = chart.plot.getBoundingClientRect();
      box.style.left = `${Math.min(a.clientX, b.clientX) - frame.left}px`;
      box.style.top = `${Math.min(a.clientY, b.clientY) - frame.top}px`;
      box.style.width = `${Math.abs(a.clientX - b.clientX)}px`;
      box.style.height = `${Math.abs(a.clientY - b.clientY)}px`;
    };
    chart.plot.addEventListener("pointerdown", (event) => {
      dragged = false;
      if (event.button !== 0 || (event.pointerType === "touch" && !chart.zoomed)) return;
      start = last = event;
    });
    chart.plot.addEventListener("pointermove", (event) => {
      if (!start) return;
      if (!dragged && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) < 5) return;
      if (!dragged) {
        dragged = true;
        chart.plot.setPointerCapture(event.pointerId);
        if (!chart.zoomed || start.shiftKey) chart.plot.append(box);
      }
      if (box.isConnected) outline(start, event);
      else {
        const [a, b] = [spot(chart, last), spot(chart, event)];
        last = event;
        pan(chart, (a[0] - b[0]) / chart.vega.width(), (b[1] - a[1]) / chart.vega.height());
      }
    });
    const end = (event) => {
      if (box.isConnected) {
        box.remove();
        if (event.type === "pointerup") zoomBox(chart, spot(chart, start), spot(chart, event));
      }
      start = null;
    };
    chart.plot.addEventListener("pointerup", end);
    chart.plot.addEventListener("pointercancel", end);
    return () => dragged;
  }

  const STEPS = { "+": 0.7, "=": 0.7, "-": 1 / 0.7 };
  const ARROWS = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, 0.15], ArrowDown: [0, -0.15] };
  function zooming(chart) {
    chart.plot.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return; // the page scrolls
      event.preventDefault();
      zoomAbout(chart, Math.exp(Math.max(-1, Math.min(1, event.deltaY / 200))), spot(chart, event));
    }, { passive: false });
    chart.plot.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key in STEPS) zoomAbout(chart, STEPS[event.key]);
      else if (event.key === "0") chart.zoomTo(null);
      else if (event.key in ARROWS && chart.zoomed) pan(chart, ...ARROWS[event.key]);
      else return;
      event.preventDefault();
    });
    return dragging(chart);
  }

  window.benchInteract = (chart, { light, toggle, tip }) => {
    const zooms = chart.figure.querySelector("[data-zoom]");
    const dragged = zooms ? zooming(chart) : () => false;
    const at = (event) => (event.target.closest("svg, canvas") ? nearest(chart, spot(chart, event)) : null);
    const leave = () => { tip.hide(); light(""); };
    const point = (event) => {
      if (event.buttons) return leave();
      const row = at(event);
      if (!row) return leave();
      tip.show(event, ...told(chart, row));
      return light(row.label || row.row || "");
    };
    chart.plot.addEventListener("pointermove", point);
    chart.plot.addEventListener("pointerleave", leave);
    chart.plot.addEventListener("click", (event) => {
      const row = !dragged() && at(event);
      if (row) toggle(row.label || row.row);
    });
    chart.figure.querySelector(".chart-tools")?.addEventListener("click", async (event) => {
      const { axis, zoom: how, save } = event.target.closest("button")?.dataset || {};
      if (axis) await chart.switchAxis(axis);
      if (how) await (how === "reset" ? chart.zoomTo(null) : zoomAbout(chart, how === "in" ? 0.7 : 1 / 0.7));
      if (save) {
        await window.benchLoad("chart-save.js");
        await window.benchSave(chart, save);
      }
    });
  };
})();
