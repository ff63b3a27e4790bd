// Asks every few seconds and shows what was answered.

import { read, holdsToken } from "./endpoints.js";
import { parse } from "./metrics.js";
import { hideFigures, showFigures } from "./figures.js";
import { showHealth, showIssuers, showKeys, showRevocations } from "./states.js";
import { offerExplain, refuseToken, startExplain } from "./explain.js";
import { byId, panel, show } from "./view.js";

const PERIOD = 5000;

let paused = false;
let timer = 0;
let asking = null;
let lastReading = null;

/** One look at everything; whoever asks meanwhile gets the look under way. */
function look() {
  asking ??= lookNow().finally(() => {
    asking = null;
    schedule();
  });
  return asking;
}

/** A look that begins after now. */
async function lookAfresh() {
  await asking;
  return look();
}

async function lookNow() {
  const [index, scrape, keys, revocations, liveness, readiness, dependencies] = await Promise.all([
    read(""),
    read("prometheus", { as: "text" }),
    read("keys"),
    read("revocations"),
    read("health/liveness"),
    read("health/readiness"),
    read("health/dependencies", { withToken: holdsToken() }),
  ]);
  const reachable = [index, scrape, keys, revocations, liveness].some((answer) => answer.status !== 0);
  document.body.classList.toggle("stale", !reachable);
  notice(reachable ? "" : `No answer from the gateway; the figures are those of ${byId("asof").textContent}.`);
  if (dependencies.status === 401) {
    refuseToken(dependencies.why);
  }
  const offered = Boolean(index.value?._links?.explain);
  showHealth({ reachable, offered, liveness, readiness, dependencies });
  if (!reachable) {
    return;
  }
  show("asof", new Date().toLocaleTimeString());
  showMetrics(scrape);
  showKeys(keys);
  showIssuers(keys);
  showRevocations(revocations);
  offerExplain(offered, index);
}

function showMetrics(scrape) {
  for (const name of ["decisions", "logins", "backend"]) {
    panel(name, scrape.ok ? "" : `No figures. Prometheus: ${scrape.why}`);
  }
  if (!scrape.ok) {
    lastReading = null;
    hideFigures();
    return;
  }
  const reading = { at: performance.now(), samples: parse(scrape.value) };
  showFigures(reading, lastReading);
  lastReading = reading;
}

function notice(text) {
  const place = byId("notice");
  place.hidden = text === "";
  show("notice", text);
}

function schedule() {
  clearTimeout(timer);
  if (!paused && !document.hidden) {
    timer = setTimeout(look, PERIOD);
  }
}

function pause() {
  paused = !paused;
  byId("pause").setAttribute("aria-pressed", String(paused));
  schedule();
}

async function showVersion() {
  const info = await read("info");
  show("version", info.value?.build?.version ?? "");
}

byId("pause").addEventListener("click", pause);
byId("refresh").addEventListener("click", lookAfresh);
document.addEventListener("visibilitychange", () => (document.hidden ? schedule() : paused || look()));
startExplain(lookAfresh);
showVersion();
look();
