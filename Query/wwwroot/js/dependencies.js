// Which services call which, as a graph and as a table.

import { get, url } from './api.js';
import { h, replace, s, state, failure } from './dom.js';
import { assignHues } from './colours.js';
import { compact, count, plural } from './format.js';
import { layoutGraph } from './graphLayout.js';

const size = { nodeWidth: 168, nodeHeight: 46, gapX: 130, gapY: 30 };
const ranges = [['1h', 'Last hour', 1], ['6h', 'Last 6 hours', 6], ['24h', 'Last 24 hours', 24], ['2d', 'Last 2 days', 48], ['7d', 'Last 7 days', 168]];

export function showDependencies(page, context) {
  document.title = 'Dependencies · Traces';
  const [name, , hours] = ranges.find(([id]) => id === context.query.get('lookback')) ?? ranges[2];
  const content = h('div', { class: 'graph-content' });
  page.append(h('div', { class: 'dependencies' },
    h('div', { class: 'results-head' }, h('h1', null, 'Dependencies'), h('span', { class: 'spacer' }),
      h('select', { 'aria-label': 'Time range', change: event => context.go(url('dependencies', { lookback: event.target.value })) },
        ranges.map(([id, label]) => h('option', { value: id, selected: id === name }, label)))),
    content));
  load(content, hours, context);
}

async function load(content, hours, context) {
  replace(content, state('loading', 'Loading the graph…'));
  try {
    const { data } = await get('api/dependencies', { endTs: Date.now(), lookback: hours * 3600000 }, context.signal);
    if (data.length === 0)
      replace(content, state('empty', 'No calls between services are known in this time range.', 'They are counted from assembled traces and written once a minute or so. Widen the range, or wait a little.'));
    else present(content, data);
  } catch (error) {
    if (error.name === 'AbortError') return;
    replace(content, failure(error, () => load(content, hours, context)));
  }
}

function present(content, edges) {
  const names = [...new Set(edges.flatMap(e => [e.parent, e.child]))].sort();
  const calls = edges.reduce((sum, e) => sum + e.callCount, 0);
  replace(content,
    h('p', { class: 'note' }, `${plural(names.length, 'service')}, ${plural(edges.length, 'edge')}, ${plural(calls, 'call')}. Choose a service to search for its traces; drag to move, scroll to zoom.`),
    h('div', { class: 'card graph' }, drawGraph(names, edges)),
    h('details', { class: 'card edges' }, h('summary', null, 'The same as a table'), edgeTable(edges)));
}

function drawGraph(names, edges) {
  const layout = layoutGraph(names, edges, size);
  const { nodes, width, height } = layout;
  const hues = assignHues(names);
  const most = Math.max(...edges.map(e => e.callCount), 1);
  const margin = 40;
  const view = { x: -margin, y: -margin, w: width + margin * 2, h: height + margin * 2 };
  const labels = [];
  const edgeElements = edges.map(edge => drawEdge(edge, layout, most, labels));
  const nodeElements = names.map(name => drawNode(name, nodes.get(name), hues.get(name), edges));
  const svg = s('svg', { class: 'graph-view', role: 'group', 'aria-label': 'Dependency graph', style: { '--ideal': `${Math.round(view.h)}px` } },
    s('defs', null, s('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: '7', refY: '4', markerWidth: '7', markerHeight: '7', markerUnits: 'userSpaceOnUse', orient: 'auto' }, s('path', { d: 'M0 0 8 4 0 8Z', class: 'arrow' }))),
    edgeElements.map(e => e.path), edgeElements.map(e => e.label), nodeElements);
  nodeElements.forEach((element, i) => {
    const focus = on => highlight(svg, on ? names[i] : null, edges, edgeElements, names, nodeElements);
    for (const [begin, end] of [['pointerenter', 'pointerleave'], ['focus', 'blur']]) {
      element.addEventListener(begin, () => focus(true));
      element.addEventListener(end, () => focus(false));
    }
  });
  panAndZoom(svg, view);
  return svg;
}

function drawNode(name, { x, y }, hue, edges) {
  const incoming = edges.filter(e => e.child === name).reduce((sum, e) => sum + e.callCount, 0);
  const outgoing = edges.filter(e => e.parent === name).reduce((sum, e) => sum + e.callCount, 0);
  return s('a', { href: url('search', { service: name }), 'data-link': true, class: 'node', style: { '--hue': hue }, 'aria-label': `${name}: called ${count(incoming)} times, calls others ${count(outgoing)} times` },
    s('rect', { x, y, width: size.nodeWidth, height: size.nodeHeight, rx: 10 }),
    s('rect', { x, y: y + 10, width: 4, height: size.nodeHeight - 20, rx: 2, class: 'stripe' }),
    s('text', { x: x + 16, y: y + 20 }, shorten(name, 19), s('title', null, name)),
    s('text', { x: x + 16, y: y + 36, class: 'sub' }, [incoming ? `${compact(incoming)} in` : '', outgoing ? `${compact(outgoing)} out` : ''].filter(Boolean).join(' · ')));
}

function drawEdge(edge, { nodes, routes }, most, labels) {
  const { d, places } = edge.parent === edge.child ? loop(nodes.get(edge.parent)) : curve(routes.get(edge));
  const width = 1.2 + 3.3 * Math.log(edge.callCount + 1) / Math.log(most + 1);
  const title = `${edge.parent} calls ${edge.child}: ${count(edge.callCount)}`;
  const text = compact(edge.callCount);
  const label = choosePlace(places, text.length * 7.2 + 10, labels);
  return {
    path: s('path', { d, class: 'edge', 'stroke-width': width, 'marker-end': 'url(#arrow)' }, s('title', null, title)),
    label: s('g', { class: 'edge-label' }, s('rect', { x: label.x - text.length * 3.6 - 5, y: label.y - 9, width: text.length * 7.2 + 10, height: 18, rx: 9 }), s('text', { x: label.x, y: label.y + 4 }, text), s('title', null, title)),
  };
}

// The first place where the label covers no other one; the first of all where there is none.
function choosePlace(places, width, labels) {
  const isFree = at => labels.every(other => Math.abs(at.x - other.x) > (width + other.width) / 2 + 2 || Math.abs(at.y - other.y) > 20);
  const label = { ...(places.find(isFree) ?? places[0]), width };
  labels.push(label);
  return label;
}

// A service that calls itself.
function loop({ x, y }) {
  const right = x + size.nodeWidth;
  return { d: `M${right - 40} ${y}C${right - 40} ${y - 40} ${right + 40} ${y - 30} ${right + 2} ${y + size.nodeHeight / 2 - 8}`, places: [{ x: right + 4, y: y - 22 }] };
}

// Where a label may sit on the last bend of its edge, best first: nearer to the called, where edges that leave one service are apart.
const labelTs = [0.62, 0.52, 0.7, 0.44, 0.77, 0.36, 0.84, 0.28];

// Bends between layers, straight lines through them.
function curve(points) {
  const towards = Math.sign(points.at(-1).x - points[0].x);
  const end = { x: points.at(-1).x - 2 * towards, y: points.at(-1).y };
  const stops = [...points.slice(0, -1), end];
  let d = `M${stops[0].x} ${stops[0].y}`;
  for (let i = 1; i < stops.length; i++) {
    const [from, to] = [stops[i - 1], stops[i]];
    const middle = (from.x + to.x) / 2;
    d += i % 2 ? `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}` : `L${to.x} ${to.y}`;
  }
  return { d, places: labelTs.map(t => pointAt(stops.at(-2), end, t)) };
}

function pointAt(from, to, t) {
  const u = 1 - t;
  const middle = (from.x + to.x) / 2;
  return { x: u ** 3 * from.x + 3 * u * t * middle + t ** 3 * to.x, y: (u ** 3 + 3 * u * u * t) * from.y + (3 * u * t * t + t ** 3) * to.y };
}

function highlight(svg, name, edges, edgeElements, names, nodeElements) {
  svg.classList.toggle('focused', name !== null);
  const near = new Set([name]);
  edges.forEach((edge, i) => {
    const isOn = edge.parent === name || edge.child === name;
    if (isOn) near.add(edge.parent).add(edge.child);
    edgeElements[i].path.classList.toggle('on', isOn);
    edgeElements[i].label.classList.toggle('on', isOn);
  });
  nodeElements.forEach((element, i) => element.classList.toggle('on', near.has(names[i])));
}

function panAndZoom(svg, view) {
  const apply = () => svg.setAttribute('viewBox', `${view.x} ${view.y} ${view.w} ${view.h}`);
  const scale = () => Math.max(view.w / svg.clientWidth, view.h / svg.clientHeight);
  svg.addEventListener('wheel', event => {
    event.preventDefault();
    const factor = Math.min(1.25, Math.max(0.8, Math.exp(event.deltaY * 0.0015)));
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    Object.assign(view, { x: point.x - (point.x - view.x) * factor, y: point.y - (point.y - view.y) * factor, w: view.w * factor, h: view.h * factor });
    apply();
  }, { passive: false });
  svg.addEventListener('pointerdown', down => {
    if (down.button !== 0 || down.target.closest('.node')) return;
    const begin = { ...view };
    svg.setPointerCapture(down.pointerId);
    const move = event => {
      view.x = begin.x - (event.clientX - down.clientX) * scale();
      view.y = begin.y - (event.clientY - down.clientY) * scale();
      apply();
    };
    svg.addEventListener('pointermove', move);
    svg.addEventListener('pointerup', () => svg.removeEventListener('pointermove', move), { once: true });
  });
  apply();
}

const shorten = (text, length) => text.length > length ? text.slice(0, length - 1) + '…' : text;

const edgeTable = edges => h('table', null,
  h('thead', null, h('tr', null, h('th', null, 'Caller'), h('th', null, 'Called'), h('th', { class: 'number' }, 'Calls'))),
  h('tbody', null, edges.toSorted((a, b) => b.callCount - a.callCount).map(e =>
    h('tr', null, h('td', null, serviceLink(e.parent)), h('td', null, serviceLink(e.child)), h('td', { class: 'number' }, count(e.callCount))))));

const serviceLink = name => h('a', { href: url('search', { service: name }), 'data-link': true }, name);
