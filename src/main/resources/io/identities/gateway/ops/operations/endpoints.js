// Asks the management port. Nothing else is ever asked, and no answer is kept.

const ROOT = new URL(document.querySelector('meta[name="actuator"]').content, document.baseURI).href.replace(/\/$/, "");
const PATIENCE = 5000;

/** The management token, in the memory of this module only. */
let managementToken = null;

export function holdToken(token) {
  managementToken = token;
}

export function holdsToken() {
  return managementToken !== null;
}

/**
 * Never fails: `{ok, status, value, why}`. A status of 0 stands for no answer at all; `why` is a sentence for people.
 */
export async function read(path, { withToken = false, as = "json" } = {}) {
  return ask(path, as, { headers: withToken ? tokenHeader() : {} });
}

/** POST of JSON with the management token. */
export async function post(path, body) {
  return ask(path, "json", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...tokenHeader() },
    body: JSON.stringify(body),
  });
}

async function ask(path, as, options) {
  try {
    const response = await fetch(path === "" ? ROOT : `${ROOT}/${path}`, {
      ...options,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const value = as === "text" ? await response.text() : await response.json();
    return { ok: response.ok, status: response.status, value, why: response.ok ? "" : sentence(response.status) };
  } catch (failure) {
    return { ok: false, status: 0, value: null, why: failure.name === "TimeoutError" ? "No answer in time." : "No answer." };
  }
}

function tokenHeader() {
  return managementToken === null ? {} : { "X-Management-Token": managementToken };
}

function sentence(status) {
  switch (status) {
    case 401:
      return "The management token was not accepted.";
    case 404:
      return "Switched off.";
    default:
      return `The endpoint answered ${status}.`;
  }
}
