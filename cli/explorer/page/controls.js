// The controls of the question, and the query of an address that says the same.

const LISTS = ["model", "workload", "hardware", "precision", "provider", "region", "boundary"];
const OTHER_LENGTHS = "lengths of your own";

function option(value, label) {
  return Object.assign(document.createElement("option"), { value, textContent: label });
}

export function fillChoices(form, choices) {
  for (const name of LISTS) {
    form.elements[name].append(...choices[name].map(({ value, label }) => option(value, label)));
  }
  form.elements.workload.append(option("", OTHER_LENGTHS));
  document.getElementById("efforts").append(...choices.effort.map(({ value }) => option(value, "")));
  Object.assign(form.elements.draws, choices.draws);
}

// Show a question; a workload that is not listed is taken for lengths.
export function showQuestion(form, query, choices) {
  for (const control of form.elements) {
    if (control.name) control.value = query.get(control.name) ?? "";
  }
  const { workload, lengths } = form.elements;
  const asked = query.get("workload");
  if (workload.value !== asked) workload.value = "";
  lengths.value = workload.value === "" ? asked : asked.includes("/") ? asked : "1000/500";
  followChoices(form, choices);
}

// Let controls follow from others: lengths where no workload is named, hardware that has the model.
export function followChoices(form, choices) {
  const { model, workload, hardware, precision } = form.elements;
  document.getElementById("lengths").hidden = workload.value !== "";
  const served = choices.model.find(({ value }) => value === model.value)?.deployments ?? [];
  const fits = (gpu, format) =>
    served.some(([g, f]) => (!gpu || g === gpu) && (!format || f === format));
  for (const one of hardware.options) one.disabled = !fits(one.value, precision.value);
  for (const one of precision.options) one.disabled = !fits(hardware.value, one.value);
}

export function queryOf(form) {
  const query = new URLSearchParams();
  for (const { name, value } of form.elements) {
    if (name && name !== "lengths" && value.trim() !== "") query.set(name, value.trim());
  }
  if (form.elements.workload.value === "") query.set("workload", form.elements.lengths.value.trim());
  return query;
}
