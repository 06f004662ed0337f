// The page of two solvers: it loads a problem's data, and works out what two solvers differ by.
"use strict";

(() => {
  const problems = JSON.parse(document.getElementById("problems").textContent);
  const form = document.getElementById("versus");
  const outcome = document.getElementById("outcome");
  const section = document.getElementById("by-case");
  const table = document.getElementById("versus-table");
  const known = new Map();
  const NONE = "–";
  const ROUNDING = 1e-9;
  let wanted = "";

  // Numbers, in the forms of harness/formats.py.

  function digits(value, count = 3) {
    if (value === 0) return "0";
    const places = count - 1 - Math.floor(Math.log10(Math.abs(value)));
    if (places < -6 || places > 8) return value.toExponential(count - 1).replace("e+", "e");
    return value.toFixed(Math.max(0, places));
  }

  function seconds(value) {
    for (const [below, scale, unit] of [[1e-6, 1e9, "ns"], [1e-3, 1e6, "µs"], [1, 1e3, "ms"]]) {
      if (Math.abs(value) < below * 0.9995) return `${digits(value * scale)}\u00a0${unit}`;
    }
    return `${digits(value)}\u00a0s`;
  }

  const ratio = (value) => (Math.abs(value) < 10 ? value.toFixed(4) : digits(value, 4));
  const gap = (value) => (value > 0 ? "+" : "") + digits(value);
  const factor = (value) => `${digits(value)}×`;
  const of = (form, value) => (Number.isFinite(value) ? form(value) : NONE);

  function span(form, low, high) {
    if (!Number.isFinite(low) || !Number.isFinite(high)) return "";
    const [first, last] = [form(low), form(high)];
    return first === last ? "" : `${first.replace(/×$/, "")}–${last}`;
  }

  // Statistics, by the formulas of harness/intervals.py.

  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

  function median(values) {
    const ordered = [...values].sort((a, b) => a - b);
    const half = Math.floor(ordered.length / 2);
    return ordered.length % 2 ? ordered[half] : (ordered[half - 1] + ordered[half]) / 2;
  }

  // Hodges and Lehmann: the median of all differences, and the ends of the exact rank test.
  function shift(x, y, skips) {
    const all = x.flatMap((one) => y.map((other) => one - other)).sort((a, b) => a - b);
    const skip = skips[`${x.length},${y.length}`] ?? -1;
    const ends = skip < 0 ? [NaN, NaN] : [all[skip], all[all.length - 1 - skip]];
    return { value: median(all), low: ends[0], high: ends[1] };
  }

  // Student's interval of a mean.
  function student(values, quantiles) {
    const value = mean(values);
    const squares = values.reduce((sum, one) => sum + (one - value) ** 2, 0);
    const freedom = values.length - 1;
    if (freedom < 1 || freedom > quantiles.length) return { value, low: NaN, high: NaN };
    const reach = quantiles[freedom - 1] * Math.sqrt(squares / freedom / values.length);
    return { value, low: value - reach, high: value + reach };
  }

  const exponential = (found) =>
    ({ value: Math.exp(found.value), low: Math.exp(found.low), high: Math.exp(found.high) });

  // What two solvers differ by on one case: "A", "B" or "tie" where it can be told.

  function timesOf(data, one, other) {
    const [x, y] = [one[2], other[2]];
    const lost = [x, y].map((times) => times.length > 0 && times.includes(null));
    if (lost[0] !== lost[1] && x.length && y.length) return { won: lost[0] ? "B" : "A" };
    if (!x.length || !y.length || lost[0]) return {};
    const found = exponential(shift(y.map(Math.log), x.map(Math.log), data.skips));
    const won = found.low > 1 ? "A" : found.high < 1 ? "B" : Number.isFinite(found.low) ? "tie" : "";
    return { found, won };
  }

  function costsOf(data, one, other) {
    const failed = [one, other].map((cell) => {
      const ran = [...cell[1]].filter((status) => status !== "-");
      return ran.filter((status) => status !== "0").length / ran.length;
    });
    const pairs = one[0].map((value, i) => [value, other[0][i]])
      .filter(([a, b]) => a !== null && b !== null);
    const changes = pairs.map(([a, b]) => (data.relative ? Math.log1p(b) - Math.log1p(a) : b - a))
      .map((change) => (Math.abs(change) <= ROUNDING ? 0 : change));
    const found = changes.length ? student(changes, data.quantiles) : undefined;
    if (failed[0] !== failed[1]) return { found, won: failed[0] < failed[1] ? "A" : "B" };
    if (!found) return {};
    if (changes.every((change) => change === 0)) return { found, won: "tie" };
    if (!Number.isFinite(found.low)) return { found, won: "" };
    return { found, won: found.low > 0 ? "A" : found.high < 0 ? "B" : "tie" };
  }

  // The page

  function element(name, text, options = {}) {
    const made = document.createElement(name);
    made.textContent = text;
    Object.entries(options).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  }

  function sign(data, i) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("class", `key c${data.looks[i][0]}`);
    svg.setAttribute("viewBox", "0 0 12 12");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(space, "use");
    use.setAttribute("href", `#shape-${data.looks[i][1]}`);
    svg.append(use);
    return svg;
  }

  function who(data, i) {
    const made = element("span", "", { class: "who" });
    made.append(sign(data, i), data.labels[i]);
    return made;
  }

  function number(text, interval = "", classes = "") {
    const cell = element("td", text, { class: `n ${classes}`.trim() });
    if (interval) cell.append(" ", element("span", interval, { class: "ci" }));
    return cell;
  }

  function above(data, cell) {
    const values = cell[0].filter((value) => value !== null);
    if (!values.length) return NONE;
    return data.relative
      ? ratio(Math.exp(mean(values.map(Math.log1p))))
      : of(gap, mean(values));
  }

  function time(cell) {
    const times = cell[2];
    return times.length && !times.includes(null) ? seconds(median(times)) : NONE;
  }

  function statuses(data, cell) {
    const counts = new Map();
    for (const code of cell[1]) {
      if (code !== "-") counts.set(data.statuses[code], (counts.get(data.statuses[code]) || 0) + 1);
    }
    const made = element("td", "", { class: "statuses" });
    for (const [name, many] of counts) {
      made.append(element("span", `${many} ${name}`, { class: `status status-${name}` }));
    }
    return made;
  }

  function heads(data) {
    const row = document.createElement("tr");
    const cost = data.relative ? "cost / best" : "cost − best";
    const change = data.relative ? "cost B / A" : "cost B − A";
    const names = ["Case", `A: ${cost}`, `B: ${cost}`, change, "Cost", "A: time", "B: time",
      "time B / A", "Time", "A: runs", "B: runs"];
    names.forEach((name, i) => row.append(element("th", name, {
      scope: "col", class: i === 0 ? "first" : [1, 2, 3, 5, 6, 7].includes(i) ? "n" : "",
    })));
    return row;
  }

  function line(data, name, one, other, costs, times) {
    const row = document.createElement("tr");
    row.append(element("th", name, { scope: "row", class: "first" }));
    const won = (found, side) => (found.won === side ? "won" : "");
    row.append(number(above(data, one), "", won(costs, "A")));
    row.append(number(above(data, other), "", won(costs, "B")));
    const found = costs.found && (data.relative ? exponential(costs.found) : costs.found);
    const form = data.relative ? ratio : gap;
    row.append(number(of(form, found?.value ?? NaN), found ? span(form, found.low, found.high) : ""));
    row.append(element("td", costs.won || NONE));
    row.append(number(time(one), "", won(times, "A")), number(time(other), "", won(times, "B")));
    row.append(number(
      of(factor, times.found?.value ?? NaN),
      times.found ? span(factor, times.found.low, times.found.high) : "",
    ));
    row.append(element("td", times.won || NONE));
    row.append(statuses(data, one), statuses(data, other));
    return row;
  }

  function tally(data, a, b, cases) {
    const grid = element("div", "", { class: "tally" });
    const cell = (text, classes = "") => element("span", text, { class: classes });
    const named = [a, b].map((i) => who(data, i));
    grid.append(cell(""), named[0], cell("ties", "head"), named[1], cell("B against A, over all", "said head"));
    const rows = [["costs", "wins on cost"], ["times", "wins on time"]];
    for (const [key, title] of rows) {
      const count = (side) => cases.filter((one) => one[key].won === side).length;
      const logs = cases.map((one) => one[key].found?.value).filter(Number.isFinite)
        .map((value) => (key === "times" ? Math.log(value) : value));
      const found = logs.length ? student(logs, data.quantiles) : undefined;
      grid.append(cell(title, "head"), cell(String(count("A"))), cell(String(count("tie"))),
        cell(String(count("B"))), cell(found ? overall(data, key, found, logs.length) : NONE, "said"));
    }
    return grid;
  }

  function overall(data, key, found, count) {
    const relative = key === "times" || data.relative;
    const shown = relative ? exponential(found) : found;
    const form = key === "times" ? factor : data.relative ? ratio : gap;
    const interval = span(form, shown.low, shown.high);
    const what = key === "times" ? "time" : data.cost;
    const many = `${count} case${count === 1 ? "" : "s"}`;
    return `${what} ${of(form, shown.value)}${interval ? ` (${interval})` : ""}, mean over ${many}`;
  }

  function explained(data, cases) {
    const said = [
      `${data.relative ? "Costs are means over seeds of cost / best known" : "Costs are means over seeds of cost − best known"}, times are medians of processes; B against A is below ${data.relative ? "1" : "0"} where B is better.`,
      "Beside a change stands its 95 % interval for that case by itself: of costs over pairs of seeds, of times over processes.",
      "A side wins where the interval excludes a tie, or where fewer of its runs failed; one case in twenty is expected to do so by chance.",
    ];
    if (data.rank_by === "cost") said.push("Times are of whole solves: where costs differ, they are not for the same work.");
    const untold = cases.filter((one) => one.costs.won === "" || one.times.won === "").length;
    if (untold) said.push(`On ${untold} cases there are too few seeds or processes to tell.`);
    return said.join(" ");
  }

  function show() {
    const data = known.get(form.problem.value);
    const [a, b] = [form.a.value, form.b.value].map((label) => data.labels.indexOf(label));
    const cases = [];
    let missing = 0;
    data.cases.forEach((name, j) => {
      const [one, other] = [data.cells[a][j], data.cells[b][j]];
      if (one && other) {
        cases.push({ name, one, other, costs: costsOf(data, one, other), times: timesOf(data, one, other) });
      } else if (one || other) {
        missing += 1;
      }
    });
    const about = problems.find((problem) => problem.name === form.problem.value);
    outcome.replaceChildren(tally(data, a, b, cases));
    for (const sentence of [
      a === b ? "A and B are the same solver." : "",
      missing ? `${missing} case${missing === 1 ? " was" : "s were"} tried by one of the two only, and left out.` : "",
      about.cut,
    ]) if (sentence) outcome.append(element("p", sentence, { class: "notice" }));
    document.getElementById("how").textContent = explained(data, cases);
    table.tHead.replaceChildren(heads(data));
    table.tBodies[0].replaceChildren(
      ...cases.map((one) => line(data, one.name, one.one, one.other, one.costs, one.times)),
    );
    section.hidden = false;
    const query = new URLSearchParams(location.search);
    query.set("problem", form.problem.value);
    query.set("a", form.a.value);
    query.set("b", form.b.value);
    try { history.replaceState(null, "", `?${query}`); } catch { /* from the disk, some forbid it */ }
  }

  function fill(data, asked) {
    [["a", 0], ["b", 1]].forEach(([side, first]) => {
      const select = form[side];
      select.replaceChildren(...data.labels.map((label) => element("option", label, { value: label })));
      const label = asked?.get(side);
      select.value = data.labels.includes(label) ? label : data.labels[first];
    });
    const gone = ["a", "b"].map((side) => asked?.get(side)).filter((label) => label && !data.labels.includes(label));
    show();
    if (gone.length) {
      outcome.prepend(element("p", `This page has no solver ${gone.join(" and no ")}; others were chosen.`, { class: "notice" }));
    }
  }

  function failed(sentence) {
    section.hidden = true;
    outcome.replaceChildren(element("p", sentence, { class: "notice" }));
  }

  function load(name, asked) {
    wanted = name;
    if (known.has(name)) {
      fill(known.get(name), asked);
      return;
    }
    const script = document.createElement("script");
    script.src = problems.find((problem) => problem.name === name).file;
    window.benchCompare = (data) => known.set(data.problem, data);
    script.onload = () => {
      if (wanted !== name) return;
      if (known.has(name)) fill(known.get(name), asked);
      else failed(`${script.src} does not hold this problem; write the site anew with bench report`);
    };
    script.onerror = () => failed(`${script.src} can't be read; write the site anew with bench report`);
    document.head.append(script);
  }

  const asked = new URLSearchParams(location.search);
  const names = problems.map((problem) => problem.name);
  form.hidden = false;
  if (names.includes(asked.get("problem"))) form.problem.value = asked.get("problem");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.problem.addEventListener("change", () => load(form.problem.value));
  form.a.addEventListener("change", show);
  form.b.addEventListener("change", show);
  document.getElementById("swap").addEventListener("click", () => {
    [form.a.value, form.b.value] = [form.b.value, form.a.value];
    show();
  });
  load(form.problem.value, asked);
})();
