// A chart as a file: what is seen of it on white, with title, note and a key of the solvers.
"use strict";

(() => {
  const WIDTH = 640;

  function wrapped(text, most) {
    const lines = [""];
    for (const word of text.split(/\s+/)) {
      const last = lines[lines.length - 1];
      if (last && last.length + word.length >= most) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    return lines;
  }

  function keyOf(chart) {
    const { told, view } = chart;
    const present = [...new Set(view.label)].filter((i) => i >= 0).sort((a, b) => a - b);
    return present.map((number, place) => {
      const [colour, shape, dash] = told.looks[number];
      return { label: told.labels[number], place, paint: chart.paints[colour], shape, dash };
    });
  }

  function titleOf({ told, number }) {
    return told.picker ? `${told.title} (${told.picker} ${told.views[number]})` : told.title;
  }

  async function svgOf(chart) {
    // Colours are those on light ground, whatever the page's theme.
    const { paints } = chart;
    const room = document.createElement("div");
    room.className = "on-paper";
    document.body.append(room);
    try {
      const spec = chart.spec(room, WIDTH, chart.kind.paper);
      const key = keyOf(chart);
      const longest = Math.max(1, ...key.map((one) => one.label.length));
      const known = {
        lit: "",
        ytitle: chart.told.signals.ypaper,
        papertitle: wrapped(titleOf(chart), 78),
        papernote: wrapped(chart.told.note, 116),
        across: Math.max(1, Math.min(5, Math.floor(WIDTH / (longest * 6.2 + 48)))),
      };
      for (const signal of spec.signals) {
        if (signal.name in known) signal.value = known[signal.name];
        if (signal.name === "width") {
          delete signal.init;
          delete signal.on;
          signal.value = WIDTH;
        }
      }
      for (const data of spec.data) if (data.name === "key") data.values = key;
      const title = window.benchResolved(chart.kind.paper.title, room);
      Object.assign(spec, { title, autosize: { type: "pad" }, padding: 12, background: "#ffffff" });
      const options = { mode: "vega", ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: () => {}, hover: false };
      const { view, finalize } = await window.vegaEmbed(room, spec, options);
      const svg = await view.toSVG();
      finalize();
      return svg;
    } finally {
      room.remove();
      chart.paints = paints;
    }
  }

  async function imageOf(svg) {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await image.decode();
    return image;
  }

  async function pngOf(svg) {
    const image = await imageOf(svg);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
  }

  // A spreadsheet takes a text that begins so for a formula.
  const quoted = (cell) => {
    if (cell === null || cell === undefined) return "";
    const text = typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };

  async function csvOf(chart) {
    const { told } = chart;
    await Promise.all(told.starts.map((start) => chart.load(start)));
    const columns = told.fields.map(([column, title]) => [title, column]);
    for (const [, title, , low, high] of told.fields) {
      if (low) columns.push([`${title}: low`, low], [`${title}: high`, high]);
    }
    const solvers = told.kind !== "matrix";
    const head = [told.picker, solvers ? "solver" : ""].filter(Boolean);
    const lines = [[...head, ...columns.map(([title]) => title)]];
    chart.views.forEach((view, n) => {
      const values = columns.map(([, column]) => window.benchColumn(view.columns[column]));
      view.label.forEach((number, i) => {
        if (solvers && number < 0) return;
        const first = [...(told.picker ? [told.views[n]] : []), ...(solvers ? [told.labels[number]] : [])];
        lines.push([...first, ...values.map((at) => at(i))]);
      });
    });
    return lines.map((line) => `${line.map(quoted).join(",")}\n`).join("");
  }

  // Printers of every browser offer a PDF: the chart is printed alone, on a sheet of its size.
  async function print(chart) {
    const image = await imageOf(await svgOf(chart));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`@page { size: ${image.width}px ${image.height}px; margin: 0; }`);
    const box = document.createElement("div");
    box.id = "print";
    box.append(image);
    document.body.append(box);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const title = document.title;
    document.title = chart.told.file; // which the printer proposes as a name
    addEventListener("afterprint", () => {
      document.title = title;
      box.remove();
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet);
    }, { once: true });
    window.print();
  }

  function download(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  window.benchSave = async (chart, format) => {
    if (format === "pdf") return print(chart);
    const view = chart.told.views.length > 1 && format !== "csv" ? `-${chart.number + 1}` : "";
    const name = `${chart.told.file}${view}.${format}`;
    if (format === "csv") return download(new Blob([await csvOf(chart)], { type: "text/csv" }), name);
    const svg = await svgOf(chart);
    const blob = format === "png" ? await pngOf(svg) : new Blob([svg], { type: "image/svg+xml" });
    return download(blob, name);
  };
})();
