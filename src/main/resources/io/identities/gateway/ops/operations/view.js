// Puts values on the page. Every value goes through textContent.

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const UNKNOWN = "–";

export function byId(id) {
  return document.getElementById(id);
}

/** An element with a class, text and children. */
export function element(name, className, text, ...children) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  if (text !== null && text !== undefined) {
    made.textContent = String(text);
  }
  made.append(...children);
  return made;
}

export function show(id, text) {
  const place = byId(id);
  const wanted = text ?? UNKNOWN;
  // A live region speaks at each change, so what stays the same is left alone.
  if (place.textContent !== wanted) {
    place.textContent = wanted;
  }
}

/** A word with a dot before it; the state colours the dot, and the word says it too. */
export function dotted(word, state) {
  const dot = element("span", "dot", null, element("span", "word", word));
  dot.dataset.state = state;
  return dot;
}

export function pill(word, state) {
  const made = element("span", "pill", word);
  made.dataset.state = state;
  return made;
}

/** Fills a table's body; each row is a list of cells, the first of which is its heading. */
export function rows(id, lines, ifNone) {
  const body = byId(id);
  const columns = body.closest("table").tHead.rows[0].cells.length;
  body.replaceChildren(...lines.map(row));
  if (lines.length === 0) {
    const cell = element("td", "empty", ifNone);
    cell.colSpan = columns;
    body.append(element("tr", "", null, cell));
  }
}

/** Shows either a panel, or why there is nothing in it. */
export function panel(name, why) {
  const off = byId(`${name}-off`);
  off.hidden = !why;
  show(`${name}-off`, why ?? "");
  (byId(`${name}-table`) ?? byId(`${name}-panel`) ?? byId(name)).hidden = Boolean(why);
}

/** Pairs of a name and a value for a definition list; what has no value is left out. */
export function pairs(list, entries) {
  list.replaceChildren();
  for (const [name, value] of entries) {
    if (value !== null && value !== undefined && value !== "") {
      list.append(element("dt", "", name), element("dd", "", value));
    }
  }
}

export function spark(id, values) {
  const highest = Math.max(...values, Number.MIN_VALUE);
  const step = 120 / Math.max(1, values.length - 1);
  const points = values.map((value, i) => `${(i * step).toFixed(1)},${(27 - (26 * value) / highest).toFixed(1)}`);
  byId(id).firstElementChild.setAttribute("points", values.length > 1 ? points.join(" ") : "");
}

export function whole(value) {
  return value === null || Number.isNaN(value) ? UNKNOWN : WHOLE.format(value);
}

export function rate(value) {
  if (value === null) {
    return UNKNOWN;
  }
  return value >= 100 ? WHOLE.format(value) : value.toFixed(value === 0 ? 0 : value >= 10 ? 1 : 2);
}

export function percent(value) {
  return value === null ? UNKNOWN : `${(Math.min(1, Math.max(0, value)) * 100).toFixed(1)} %`;
}

/** @param seconds a number, or null for unknown */
export function took(seconds) {
  if (seconds === null || Number.isNaN(seconds)) {
    return UNKNOWN;
  }
  const millis = seconds * 1000;
  return millis >= 1000 ? `${seconds.toFixed(2)} s` : `${millis.toFixed(millis >= 10 ? 0 : 1)} ms`;
}

/** Two units at most: 3 d 4 h. */
export function span(seconds) {
  if (seconds === null) {
    return UNKNOWN;
  }
  const left = Math.max(0, Math.floor(seconds));
  const parts = [
    [Math.floor(left / 86400), "d"],
    [Math.floor(left / 3600) % 24, "h"],
    [Math.floor(left / 60) % 60, "min"],
    [left % 60, "s"],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  const told = first < 0 ? [[0, "s"]] : parts.slice(first, first + 2).filter(([count]) => count > 0);
  return told.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** A code of the gateway, in words. */
export function words(code) {
  return code.replaceAll("_", " ");
}

function row(cells) {
  const line = element("tr");
  cells.forEach((cell, i) => {
    const made = element(i === 0 ? "th" : "td", cell.number ? "n" : "");
    if (i === 0) {
      made.scope = "row";
    }
    made.append(...[cell.content ?? cell].flat());
    if (cell.key) {
      made.dataset.key = cell.key;
    }
    line.append(made);
  });
  return line;
}
