// What is shown of an answer. Everything the server says enters as text, never as markup.

const CHART = {
  ast: true, // expressions are interpreted: the page's policy allows no code made from text
  renderer: "svg",
  actions: false,
  defaultStyle: false,
  tooltip: { disableDefaultStyle: true },
};
const views = new Map();
const embedding = import("/charts.js").then(() => window.vegaEmbed);

const byId = (id) => document.getElementById(id);

function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: tied(text) });
}

// No number without its per cent sign at the end of a line.
function tied(text) {
  return text.replaceAll(" %", "\u00a0%");
}

// Words with hyphens stay whole where a line has room for them.
function whole(text) {
  return text.split(" ").flatMap((word, i) => {
    const span = Object.assign(document.createElement("span"), { className: "word", textContent: word });
    return i === 0 ? [span] : [" ", span];
  });
}

function definition(label, text) {
  const words = document.createElement("dd");
  words.append(...whole(tied(text)));
  return [element("dt", label), words];
}

export function setBusy(busy) {
  byId("results").setAttribute("aria-busy", String(busy));
}

export function showProblem(text) {
  byId("problem").textContent = tied(text);
  byId("answer").classList.add("stale");
  byId("outdated").hidden = byId("headline").textContent === ""; // nothing was answered yet
}

export function showAnswer({ words, charts, command, answer }, query) {
  byId("problem").textContent = "";
  byId("answer").classList.remove("stale");
  byId("outdated").hidden = true;
  byId("headline").textContent = tied(words.headline);
  document.title = `${answer.scenario.model}, ${answer.scenario.workload}: Wh per query`;
  fill("extrapolated", words.extrapolated.map((text) => Object.assign(element("p", text), { className: "note" })));
  fillTable("quantities", words.table);
  fill("background", words.background.flatMap(([label, text]) => definition(label, text)));
  fill("flags", words.flags.map((text) => element("li", text)));
  fill("command", whole(command));
  byId("provenance").textContent = words.provenance;
  for (const form of ["json", "csv", "svg"]) byId(`save-${form}`).href = `/download/answer.${form}?${query}`;
  drawChart("density-chart", charts.density);
}

export function showDrivers({ words, charts }) {
  byId("driver").textContent = tied(words.headline);
  byId("drivers-shown").hidden = !charts.drivers;
  fillTable("drivers", words.table);
  drawChart("drivers-chart", charts.drivers);
}

function fill(id, children) {
  byId(id).replaceChildren(...children);
}

function fillTable(id, [heading, ...rows]) {
  const head = document.createElement("thead");
  head.append(row(heading, () => "th", "col"));
  const body = document.createElement("tbody");
  body.append(...rows.map((cells) => row(cells, (i) => (i === 0 ? "th" : "td"), "row")));
  const table = byId(id);
  table.replaceChildren(table.caption, head, body);
}

function row(cells, nameOf, scope) {
  const line = document.createElement("tr");
  for (const [i, cell] of cells.entries()) {
    const name = cell === "" ? "td" : nameOf(i);
    line.append(name === "th" ? Object.assign(element(name, cell), { scope }) : element(name, cell));
  }
  return line;
}

async function drawChart(id, spec) {
  const embed = await embedding;
  views.get(id)?.finalize();
  views.delete(id);
  if (!spec) return fill(id, []);
  views.set(id, await embed(byId(id), { ...spec, width: "container" }, CHART));
}

function copies(what, text) {
  byId(`copy-${what}`).addEventListener("click", async () => {
    const done = await navigator.clipboard.writeText(text()).then(() => true, () => false);
    byId("copied").textContent = done ? `${what} copied` : `the browser does not let us copy the ${what}`;
  });
}

copies("command", () => byId("command").textContent);
copies("link", () => location.href);
