// Reads the Prometheus text format, and makes rates of two readings.

const SAMPLE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** @returns {Map<string, {labels: Object<string, string>, value: number}[]>} the samples by name */
export function parse(text) {
  const samples = new Map();
  for (const line of text.split("\n")) {
    const found = line.startsWith("#") ? null : SAMPLE.exec(line);
    if (found) {
      const [, name, labels = "", value] = found;
      if (!samples.has(name)) {
        samples.set(name, []);
      }
      samples.get(name).push({ labels: readLabels(labels), value: number(value) });
    }
  }
  return samples;
}

/** Sums up what has all of the labels; null where there is no such sample. */
export function sum(samples, name, wanted = {}) {
  const found = all(samples, name).filter(({ labels }) => matches(labels, wanted));
  return found.length === 0 ? null : found.reduce((total, { value }) => total + value, 0);
}

export function all(samples, name) {
  return samples?.get(name) ?? [];
}

/** Sums by some labels: the key is their values, in order, joined by a blank. */
export function sumBy(samples, name, labels) {
  const sums = new Map();
  for (const sample of all(samples, name)) {
    const key = labels.map((label) => sample.labels[label] ?? "").join(" ");
    sums.set(key, (sums.get(key) ?? 0) + sample.value);
  }
  return sums;
}

/** How much a counter went up for each second; null where that cannot be told, as after a restart. */
export function perSecond(before, after, seconds) {
  const known = before !== null && after !== null && before !== undefined && after !== undefined;
  return known && seconds > 0 && after >= before ? (after - before) / seconds : null;
}

function readLabels(text) {
  const labels = {};
  for (const [, name, value] of text.matchAll(LABEL)) {
    labels[name] = value.replace(/\\(.)/g, (_, escaped) => (escaped === "n" ? "\n" : escaped));
  }
  return labels;
}

function matches(labels, wanted) {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function number(text) {
  return text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text);
}
