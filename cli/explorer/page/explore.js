// The page: a question is picked, its answer appears, and the address holds the question.

import { fillChoices, followChoices, queryOf, showQuestion } from "./controls.js";
import { setBusy, showAnswer, showDrivers, showProblem } from "./results.js";

const PAUSE_MS = 120; // between keys: what is still being typed is not asked

const form = document.getElementById("question");
let choices;
let underway = new AbortController();
let pause;

async function fetched(path, signal) {
  const response = await fetch(path, { signal });
  const body = await response.json().catch(() => ({ error: "the program failed; its terminal says how" }));
  if (!response.ok) throw new Error(body.error);
  return body;
}

// Ask, unless a later question overtakes this one: its answer would no longer be wanted.
async function ask(query, onAnswer) {
  underway.abort();
  underway = new AbortController();
  const { signal } = underway;
  setBusy(true);
  try {
    const body = await fetched(`/api/answer?${query}`, signal);
    onAnswer(body.answer);
    showAnswer(body, queryOf(form));
    showDrivers(await fetched(`/api/drivers?${query}`, signal));
  } catch (error) {
    if (!signal.aborted) showProblem(words(error));
  }
  if (!signal.aborted) setBusy(false);
}

function words(error) {
  return error instanceof TypeError ? "The server has ended; start `wh-uncertainty explore` again." : error.message;
}

function rememberQuestion() {
  history.replaceState(null, "", `?${queryOf(form)}`);
}

// Ask what the address says, word for word: what it has too much is for the server to refuse.
function askAddress() {
  const query = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(choices.defaults)) {
    if (!query.has(key)) query.set(key, value);
  }
  showQuestion(form, query, choices);
  ask(query, ({ scenario }) => {
    const stated = Object.entries({ ...Object.fromEntries(query), ...scenario });
    showQuestion(form, new URLSearchParams(stated.filter(([, value]) => value !== null)), choices);
    rememberQuestion();
  });
}

function askForm() {
  followChoices(form, choices);
  clearTimeout(pause);
  pause = setTimeout(() => {
    rememberQuestion();
    ask(queryOf(form), () => {});
  }, PAUSE_MS);
}

async function start() {
  try {
    choices = await fetched("/api/choices");
  } catch (error) {
    showProblem(words(error));
    return;
  }
  fillChoices(form, choices);
  form.addEventListener("input", askForm);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("popstate", askAddress);
  askAddress();
}

start();
