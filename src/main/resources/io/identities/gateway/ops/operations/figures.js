// What counts and what is measured, from the Prometheus endpoint.

import { all, perSecond, sum, sumBy } from "./metrics.js";
import { dotted, element, percent, rate, rows, show, spark, took, whole, words } from "./view.js";

const HISTORY = 60;
const STATE = { accepted: "good", refused: "warn", throttled: "warn", undecided: "bad" };

const history = { decisions: [], logins: [] };

/** @param before the reading before this one, or null; rates are made of the two */
export function showFigures(now, before) {
  const seconds = before === null ? 0 : (now.at - before.at) / 1000;
  const earlier = before?.samples;
  showDecisions(now.samples, earlier, seconds);
  showLogins(now.samples, earlier, seconds);
  showBackend(now.samples);
  showTiles(now.samples, earlier);
}

/** Figures of a while ago would pass for those of now. */
export function hideFigures() {
  for (const id of ["decisions-rate", "logins-rate", "remembered", "streams", "throttled", "lag"]) {
    show(id, null);
  }
  for (const id of ["decisions-more", "logins-more", "hit-ratio"]) {
    show(id, "no figures");
  }
}

function showDecisions(samples, earlier, seconds) {
  const name = "identities_decisions_total";
  const lines = counted(samples, earlier, seconds, name, ["outcome", "reason", "door"]);
  rows("decisions", lines.map((line) => countedRow(line, "decisions", 1, `at ${words(line.labels[2])}`)), "Nothing has been asked for yet.");
  showRate("decisions", lines, 1);
  show("decisions-more", outcomes(lines));
}

function showLogins(samples, earlier, seconds) {
  const logins = counted(samples, earlier, seconds, "identities_logins_total", ["outcome", "reason"]);
  const renewals = counted(samples, earlier, seconds, "identities_renewals_total", ["outcome", "reason"]);
  rows(
    "logins",
    [
      ...logins.map((line) => countedRow(line, "logins", 60, "login")),
      ...renewals.map((line) => countedRow(line, "renewals", 60, "renewal")),
    ],
    "Nobody has logged in yet.",
  );
  showRate("logins", logins, 60);
  show("logins-more", outcomes(logins));
}

function showBackend(samples) {
  const name = "identities_backend_requests_seconds";
  const lines = all(samples, `${name}_count`)
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .map(({ labels, value }) => {
      const wanted = { outcome: labels.outcome, status: labels.status };
      const mean = sum(samples, `${name}_sum`, wanted) / value;
      const failed = labels.outcome === "failed";
      const bad = failed || labels.status === "5xx";
      return [
        dotted(failed ? "no answer" : `answered ${labels.status}`, bad ? "bad" : "good"),
        { content: whole(value), number: true, key: `backend/${labels.outcome}/${labels.status}` },
        { content: took(mean), number: true },
        { content: took(sum(samples, `${name}_max`, wanted)), number: true },
      ];
    });
  rows("backend", lines, "No request has reached the backend yet.");
}

function showTiles(samples, earlier) {
  show("remembered", whole(sum(samples, "identities_tokens_remembered")));
  show("streams", whole(sum(samples, "identities_streams_open")));
  show("throttled", whole(sum(samples, "identities_throttle_networks")));
  show("lag", took(sum(samples, "identities_eventloop_lag_seconds")));
  show("hit-ratio", hitRatio(samples, earlier));
}

/** Of the tokens that were looked at, how many needed no check in full; of the time between two looks, if any were. */
function hitRatio(samples, earlier) {
  const [recalled, checked] = verdicts(samples);
  if (recalled === null) {
    return `${whole(checked)} checked in full`;
  }
  const [recalledBefore, checkedBefore] = earlier ? verdicts(earlier) : [0, 0];
  const recent = [recalled - recalledBefore, checked - checkedBefore];
  const [hits, misses] = Math.min(...recent) >= 0 && Math.max(...recent) > 0 ? recent : [recalled, checked];
  return hits + misses > 0 ? `${percent(hits / (hits + misses))} of verdicts from memory` : "no token yet";
}

function verdicts(samples) {
  return [sum(samples, "identities_tokens_recalled_total"), sum(samples, "identities_tokens_checked_total")];
}

/** One line for each combination of labels, the most frequent first. */
function counted(samples, earlier, seconds, name, labels) {
  const before = sumBy(earlier, name, labels);
  return [...sumBy(samples, name, labels)]
    .map(([key, total]) => ({
      labels: key.split(" "),
      total,
      // A combination that was not there a moment ago began at nothing.
      perSecond: perSecond(earlier ? (before.get(key) ?? 0) : null, total, seconds),
    }))
    .sort((a, b) => b.total - a.total);
}

function countedRow({ labels, total, perSecond: each }, name, factor, place) {
  const [outcome, reason] = labels;
  const told = reason.startsWith(`${outcome}_`) ? reason.slice(outcome.length + 1) : reason;
  const title = outcome === told ? outcome : `${outcome}: ${words(told)}`;
  return [
    { content: [dotted(title, STATE[outcome] ?? "unknown"), element("span", "sub", place)] },
    { content: whole(total), number: true, key: [name, ...labels].join("/") },
    { content: rate(each === null ? null : each * factor), number: true },
  ];
}

function showRate(name, lines, factor) {
  const known = lines.filter((line) => line.perSecond !== null);
  const each = known.length === 0 ? null : known.reduce((total, line) => total + line.perSecond, 0) * factor;
  show(`${name}-rate`, rate(each));
  if (each !== null) {
    history[name].push(each);
    history[name].splice(0, Math.max(0, history[name].length - HISTORY));
    spark(`${name}-spark`, history[name]);
  }
}

function outcomes(lines) {
  const totals = new Map();
  for (const { labels, total } of lines) {
    totals.set(labels[0], (totals.get(labels[0]) ?? 0) + total);
  }
  return [...totals].map(([outcome, total]) => `${whole(total)} ${outcome}`).join(" · ") || "none yet";
}
