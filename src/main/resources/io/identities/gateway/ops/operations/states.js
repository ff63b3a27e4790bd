// What is in one state or another: health, dependencies, keys, revocations.

import { holdsToken } from "./endpoints.js";
import { byId, dotted, element, pairs, panel, rows, show, span, whole } from "./view.js";

const NAMES = {
  backend: "Backend",
  credentialCheck: "Credential check",
  jwks: "Trusted issuers' keys",
  sharedState: "Shared state",
};

const WORDS = {
  UP: ["up", "good"],
  DEGRADED: ["degraded", "warn"],
  OUT_OF_SERVICE: ["out of service", "bad"],
  DOWN: ["down", "bad"],
  UNKNOWN: ["nothing to reach", "unknown"],
};

/** @param offered whether a management token would show more */
export function showHealth({ reachable, offered, liveness, readiness, dependencies }) {
  const lines = [
    state("Liveness", liveness),
    state("Readiness", readiness),
    ...(dependencies.value?.components ? components(dependencies.value.components) : [state("Dependencies", dependencies)]),
  ];
  byId("health").replaceChildren(...lines);
  show("health-hint", holdsToken() || !offered ? "" : "With the management token (below), each dependency is shown by itself.");
  overall(reachable, readiness, dependencies);
}

export function showKeys(keys) {
  panel("keys", keys.ok ? "" : `No keys to show. ${keys.why}`);
  if (!keys.ok) {
    return;
  }
  const lines = keys.value.own.map((key) => [
    { content: element("span", "mono", key.kid), key: `keys/${key.kid}` },
    key.algorithm,
    use(key),
    key.ageSeconds === null || key.ageSeconds === undefined ? "–" : span(key.ageSeconds),
  ]);
  rows("keys", lines, "No key is in force.");
  if (!keys.value.healthy) {
    panel("keys", "The latest look at the key source failed; these keys stay in force.");
    byId("keys-table").hidden = false;
  }
}

export function showIssuers(keys) {
  const issuers = keys.ok ? keys.value.trustedIssuers : [];
  byId("issuers-table").hidden = issuers.length === 0;
  rows(
    "issuers",
    issuers.map((issuer) => [
      { content: dotted(issuer.name, issuer.usableKeys === 0 ? "bad" : issuer.failing ? "warn" : "good") },
      whole(issuer.usableKeys),
      confirmed(issuer),
    ]),
    "",
  );
}

export function showRevocations(revocations) {
  panel("revocations", revocations.ok ? "" : `No revocations to show. ${revocations.why}`);
  if (revocations.ok) {
    const { sessions, tokens, users, connected, ready } = revocations.value;
    const store = !ready ? "never read yet" : connected ? "answers" : "out of reach: the last known state is in force";
    pairs(byId("revocations"), [
      ["Sessions", whole(sessions)],
      ["Tokens", whole(tokens)],
      ["Users", whole(users)],
      ["Store", store],
    ]);
  }
}

function components(all) {
  return Object.entries(all).map(([name, health]) => state(NAMES[name] ?? name, { value: health }, details(health)));
}

function state(name, answer, detail = "") {
  const [word, colour] = WORDS[answer.value?.status] ?? [answer.why || "unknown", "unknown"];
  const line = element("li", "", null, element("span", "name", name), dotted(word, colour));
  if (detail) {
    line.append(element("span", "detail", detail));
  }
  return line;
}

function details(health) {
  return Object.entries(health.details ?? {})
    .map(([name, value]) => (name === "why" || name === "address" ? String(value) : `${name}: ${value}`))
    .join(", ");
}

function use(key) {
  if (key.signs) {
    return "signs";
  }
  if (!key.canSign) {
    return "verifies";
  }
  return key.activatesInSeconds > 0 ? `signs in ${span(key.activatesInSeconds)}` : "verifies, could sign";
}

function confirmed(issuer) {
  const ago = issuer.confirmedSecondsAgo;
  const told = ago === null || ago === undefined ? "never" : `${span(ago)} ago`;
  return issuer.failing ? `${told}, failing since` : told;
}

function overall(reachable, readiness, dependencies) {
  const ready = readiness.value?.status === "UP";
  const well = dependencies.value?.status === "UP" || dependencies.status === 404;
  const [word, colour] = !reachable
    ? ["No answer", "bad"]
    : !ready
      ? ["Not ready", "bad"]
      : well
        ? ["Ready", "good"]
        : ["Ready, a dependency is not", "warn"];
  byId("overall").dataset.state = colour;
  show("overall", word);
}
