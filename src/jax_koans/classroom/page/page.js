"use strict";

const hidden = new URLSearchParams(location.search).has("hidden");
const part = (id) => document.getElementById(id);
const heads = {passed: "passed", since: "since", hints: "hints", given_up: "given up", koan: ""};

function made(tag, text = "", className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function helpedButton(name) {
  const button = made("button", "Helped");
  button.setAttribute("aria-label", `${name} is helped`);
  button.dataset.name = name;
  button.addEventListener("click", () => fetch("helped", {method: "POST", body: name}));
  return button;
}

function row(learner) {
  const line = made("tr", "", learner.problem ? "problem" : learner.asks ? "asks" : "");
  const name = made("th", learner.name);
  name.scope = "row";
  line.append(name);
  for (const [key, head] of Object.entries(heads)) {
    const cell = made("td", learner[key], key);
    if (head && learner[key]) cell.dataset.head = head;
    line.append(cell);
  }
  if (learner.asks) {
    line.lastChild.append(made("strong", learner.asks));
    if (!hidden) line.lastChild.append(helpedButton(learner.name));
  }
  return line;
}

function show({heads, rows}) {
  const focused = document.activeElement?.dataset.name;
  part("heads").replaceChildren(...heads.map((text) => made("li", text)));
  part("rows").replaceChildren(...rows.map(row));
  const asking = rows.filter((each) => each.asks).map((each) => each.name).join(", ");
  const text = asking && `Asking for help: ${asking}`;
  if (part("asking").textContent !== text) part("asking").textContent = text;  // is read aloud
  document.title = (asking ? "(help) " : "") + "JAX koans: the class";
  if (focused) document.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
}

function say(text, lost = false) {
  part("state").textContent = text;
  part("state").className = lost ? "lost" : "";
}

part("names").textContent = hidden ? "Show names" : "Hide names";
part("names").href = hidden ? location.pathname : "?hidden";

const source = new EventSource("rows" + (hidden ? "?hidden" : ""));
source.onopen = () => say("live");
source.onerror = () => say("no connection: what stands here may be old", true);
source.onmessage = (event) => show(JSON.parse(event.data));
