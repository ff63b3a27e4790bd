// The form that explains a decision, and the management token that it takes.

import { holdToken, holdsToken, post, read } from "./endpoints.js";
import { byId, element, pairs, panel, pill, show, words } from "./view.js";

const STATE = { accepted: "good", anonymous: "good", local: "good", refused: "warn", undecided: "bad" };

const SUBJECT = {
  request: ["Request line and headers", true],
  token: ["Token in its compact form", false],
};

/** @param look asks everything again, as a token opens more */
export function startExplain(look) {
  byId("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    useToken(look);
  });
  byId("forget").addEventListener("click", () => forget(look));
  byId("explain-form").addEventListener("submit", (event) => {
    event.preventDefault();
    explain();
  });
  byId("explain-form").addEventListener("change", label);
}

/** @param offered whether the index of the management endpoints names it */
export function offerExplain(offered, index) {
  const off = index.ok ? "Off: identities.management.token-file is not set, or explain is not exposed." : index.why;
  panel("explain", offered ? "" : off);
}

/** The token was good once, and is no more. */
export function refuseToken(why) {
  holdToken(null);
  tokenState(why);
}

async function useToken(look) {
  const field = byId("token");
  holdToken(field.value.trim());
  field.value = "";
  const answer = await read("health/liveness", { withToken: true });
  if (answer.status === 401 || answer.status === 0) {
    refuseToken(answer.why);
    field.focus();
  } else {
    tokenState("In use until this page is closed.");
  }
  look();
}

function forget(look) {
  holdToken(null);
  byId("answer").replaceChildren();
  byId("subject").value = "";
  tokenState("Forgotten.");
  byId("token").focus();
  look();
}

function tokenState(text) {
  const state = byId("token-state");
  state.dataset.state = holdsToken() ? "good" : text === "Forgotten." ? "unknown" : "bad";
  byId("forget").hidden = !holdsToken();
  show("token-state", text);
}

function label() {
  const [text, hinted] = SUBJECT[kind()];
  show("subject-label", text);
  byId("subject-hint").hidden = !hinted;
}

function kind() {
  return new FormData(byId("explain-form")).get("kind");
}

async function explain() {
  if (!holdsToken()) {
    tokenState("Type the management token first.");
    byId("token").focus();
    return;
  }
  const button = byId("explain");
  button.disabled = true;
  const answer = await post("explain", { [kind()]: byId("subject").value });
  button.disabled = false;
  byId("answer").replaceChildren(...(answer.ok ? explanation(answer.value) : [element("p", "off", refusal(answer))]));
}

function refusal(answer) {
  return answer.value?.detail ?? answer.why;
}

function explanation({ decision, status, reason, why, rule, claimed, holder }) {
  const verdict = element("p", "", null, pill(decision, STATE[decision] ?? "unknown"));
  const facts = list([
    ["Answer", status === null || status === undefined ? null : String(status)],
    ["Reason", words(reason)],
    ["Rule", rule],
  ]);
  return [verdict, element("p", "why", why), facts, ...of("The token speaks of", holder), ...of("The token says of itself", claimed)];
}

function of(title, record) {
  return record ? [element("h3", "", title), list(Object.entries(record).map(([name, value]) => [title && spaced(name), text(value)]))] : [];
}

function list(entries) {
  const made = element("dl", "pairs");
  pairs(made, entries);
  return made;
}

function text(value) {
  return Array.isArray(value) ? value.join(", ") : value === null || value === undefined ? null : String(value);
}

/** sessionId → session id */
function spaced(name) {
  return name.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}
