// One hue per service, the same on every page; lightness comes from the theme.

// Hues that stay apart from each other and from the red of errors.
const hues = [255, 150, 300, 75, 200, 330, 115, 230, 50, 275, 175, 95, 350, 215];

export function hue(service) {
  let hash = 2166136261;
  for (let i = 0; i < service.length; i++) hash = Math.imul(hash ^ service.charCodeAt(i), 16777619);
  hash ^= hash >>> 15;
  return hues[(hash >>> 0) % hues.length];
}

// Within one view, services that fall on the same hue get the next free one.
export function assignHues(services) {
  const taken = new Set();
  const assigned = new Map();
  for (const service of [...new Set(services)].sort()) {
    let index = hues.indexOf(hue(service));
    for (let i = 0; i < hues.length && taken.has(hues[index]); i++) index = (index + 1) % hues.length;
    taken.add(hues[index]);
    assigned.set(service, hues[index]);
  }
  return assigned;
}
