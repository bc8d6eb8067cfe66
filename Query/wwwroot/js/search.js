// Search: a form, its results as a chart and as a list.

import { get, url } from './api.js';
import { h, icon, icons, replace, state, failure } from './dom.js';
import { hue } from './colours.js';
import { formatTags, parseTags } from './tags.js';
import { ago, duration, moment, percent, plural, reason, shortId } from './format.js';
import { scatter } from './scatter.js';

const lookbacks = [['5m', 'Last 5 minutes'], ['15m', 'Last 15 minutes'], ['1h', 'Last hour'], ['6h', 'Last 6 hours'], ['24h', 'Last 24 hours'], ['2d', 'Last 2 days'], ['7d', 'Last 7 days'], ['custom', 'Custom range']];
const units = { m: 60, h: 3600, d: 86400 };
const orders = {
  recent: ['Most recent', (a, b) => b.startTime - a.startTime],
  longest: ['Longest first', (a, b) => b.duration - a.duration],
  shortest: ['Shortest first', (a, b) => a.duration - b.duration],
  spans: ['Most spans', (a, b) => b.spanCount - a.spanCount],
  errors: ['Most errors', (a, b) => b.errorCount - a.errorCount],
};

export function showSearch(page, context) {
  document.title = 'Search · Traces';
  const asked = readAddress(context.query);
  const results = h('section', { class: 'results', 'aria-label': 'Results', 'aria-busy': 'true' });
  const form = makeForm(asked, context);
  page.append(h('div', { class: 'search' }, form, results));
  if (asked.problem) replace(results, failure({ message: asked.problem, hint: 'Correct the tags and search again.' }));
  else run(results, asked, context);
}

function readAddress(query) {
  const read = name => query.get(name) ?? '';
  const start = read('start'), end = read('end');
  const asked = {
    service: read('service'), operation: read('operation'), minDuration: read('minDuration'), maxDuration: read('maxDuration'),
    limit: read('limit') || '20', order: read('order') in orders ? read('order') : 'recent', tags: {}, tagText: read('tags'), start, end, problem: null,
    lookback: start || end ? 'custom' : /^\d+[mhd]$/.test(read('lookback')) ? read('lookback') : '1h',
  };
  try {
    asked.tags = asked.tagText.startsWith('{') ? JSON.parse(asked.tagText) : parseTags(asked.tagText);
    for (const pair of query.getAll('tag')) asked.tags[pair.slice(0, pair.indexOf(':'))] = pair.slice(pair.indexOf(':') + 1);
    asked.tagText = formatTags(asked.tags);
  } catch (error) {
    asked.problem = `The tags cannot be read: ${error.message}`;
  }
  return asked;
}

function range(asked) {
  if (asked.lookback === 'custom') return { start: asked.start, end: asked.end };
  const end = Date.now() * 1000;
  return { start: end - parseInt(asked.lookback, 10) * units[asked.lookback.at(-1)] * 1e6, end };
}

async function run(results, asked, context) {
  replace(results, state('loading', 'Searching…'));
  try {
    const answer = await get('api/summaries', {
      service: asked.service, operation: asked.operation, minDuration: asked.minDuration, maxDuration: asked.maxDuration, limit: asked.limit,
      tags: Object.keys(asked.tags).length ? JSON.stringify(asked.tags) : '', ...range(asked),
    }, context.signal);
    showResults(results, answer.data, asked, context);
  } catch (error) {
    if (error.name === 'AbortError') return;
    replace(results, failure(error, () => run(results, asked, context)));
  }
  results.setAttribute('aria-busy', 'false');
}

function showResults(results, traces, asked, context) {
  if (traces.length === 0) {
    const narrow = asked.service || asked.tagText || asked.minDuration || asked.maxDuration;
    replace(results, state('empty', 'No traces found.', narrow
      ? 'Widen the time range, or take away a condition. A trace shows up once its tail decision is made, a few seconds after its last span.'
      : 'Nothing was stored in this time range. Widen it, or send spans to the collector: OTLP on ports 4317 (gRPC) and 4318 (HTTP).'));
    return;
  }

  const list = h('ol', { class: 'traces' });
  const longest = traces.reduce((max, t) => Math.max(max, t.duration), 1);
  const fillList = () => replace(list, traces.toSorted(orders[asked.order][1]).map(t => traceRow(t, longest)));
  const select = h('select', { 'aria-label': 'Order of the results', change: event => { asked.order = event.target.value; keepOrder(asked.order); fillList(); } },
    Object.entries(orders).map(([name, [label]]) => h('option', { value: name, selected: name === asked.order }, label)));
  fillList();
  const atLimit = traces.length >= Number(asked.limit);
  replace(results,
    h('div', { class: 'results-head' },
      h('h1', null, plural(traces.length, 'trace')),
      atLimit ? h('span', { class: 'note' }, 'the newest; there may be more') : null,
      h('span', { class: 'spacer' }), select),
    traces.length > 1 ? scatter(traces, id => context.go(`trace/${id}`)) : null,
    list);
}

function keepOrder(order) {
  const address = new URL(location.href);
  address.searchParams.set('order', order);
  history.replaceState(null, '', address);
}

function traceRow(trace, longest) {
  const root = trace.rootService || 'Root span not received';
  return h('li', null, h('a', { class: trace.errorCount ? 'trace has-errors' : 'trace', href: `trace/${trace.traceID}`, 'data-link': true },
    h('span', { class: 'trace-bar', style: { width: `${Math.max(0.4, trace.duration / longest * 100)}%`, '--hue': hue(root) } }),
    h('span', { class: 'trace-line' },
      h('span', { class: trace.rootService ? 'trace-title' : 'trace-title unknown' }, h('b', null, root), ' ', trace.rootOperation),
      h('code', { class: 'trace-id' }, shortId(trace.traceID)),
      h('span', { class: 'spacer' }),
      h('span', { class: 'trace-duration' }, duration(trace.duration))),
    h('span', { class: 'trace-line small' },
      h('span', { class: 'badge' }, plural(trace.spanCount, 'span')),
      trace.errorCount ? h('span', { class: 'badge error' }, icon(icons.alert), plural(trace.errorCount, 'error')) : null,
      trace.services.slice(0, 8).map(service => h('span', { class: 'chip', style: { '--hue': hue(service.name) } }, service.name, h('i', null, ` ${service.spanCount}`))),
      trace.services.length > 8 ? h('span', { class: 'note' }, `and ${trace.services.length - 8} more`) : null,
      h('span', { class: 'spacer' }),
      keptBy(trace),
      h('time', { datetime: new Date(trace.startTime / 1000).toISOString(), title: moment(trace.startTime) }, ago(trace.startTime)))));
}

const keptBy = trace => trace.rule
  ? h('span', { class: 'note', title: `Decided because: ${reason(trace.reason ?? 'not known')}` }, 'kept by ', h('b', null, trace.rule), trace.probability !== null && trace.probability < 1 ? ` at ${percent(trace.probability)}` : '')
  : null;

function makeForm(asked, context) {
  const service = h('select', { id: 'service', name: 'service' });
  const operation = h('select', { id: 'operation', name: 'operation' });
  const tags = h('input', { id: 'tags', name: 'tags', type: 'text', value: asked.tagText, placeholder: 'error=true http.route=/cart', spellcheck: 'false', autocomplete: 'off' });
  const custom = h('div', { class: 'pair', hidden: asked.lookback !== 'custom' },
    field('From', h('input', { id: 'start', name: 'start', type: 'datetime-local', step: '1', value: toLocal(asked.start) })),
    field('To', h('input', { id: 'end', name: 'end', type: 'datetime-local', step: '1', value: toLocal(asked.end) })));
  const lookback = h('select', { id: 'lookback', name: 'lookback', change: event => { custom.hidden = event.target.value !== 'custom'; } },
    lookbacks.map(([value, label]) => h('option', { value, selected: value === asked.lookback }, label)));
  const form = h('form', { class: 'card form', submit: event => { event.preventDefault(); context.go(url('search', readForm(form, asked.order))); } },
    field('Service', service), field('Operation', operation),
    field('Tags', tags, 'key=value pairs that one span must carry; put values with blanks in quotes.'),
    field('Time', lookback), custom,
    h('div', { class: 'pair' },
      field('Shortest', h('input', { id: 'minDuration', name: 'minDuration', type: 'text', value: asked.minDuration, placeholder: '100ms', autocomplete: 'off' })),
      field('Longest', h('input', { id: 'maxDuration', name: 'maxDuration', type: 'text', value: asked.maxDuration, placeholder: '1.5s', autocomplete: 'off' }))),
    field('Limit', h('input', { id: 'limit', name: 'limit', type: 'number', min: '1', max: '1500', value: asked.limit, required: true })),
    h('button', { class: 'button primary', type: 'submit' }, 'Find traces'));
  service.addEventListener('change', () => loadOperations(operation, service.value, '', context));
  loadServices(service, asked.service, context);
  loadOperations(operation, asked.service, asked.operation, context);
  return form;
}

const field = (label, input, hint) => h('label', { class: 'field' }, h('span', null, label), input, hint ? h('small', null, hint) : null);

function readForm(form, order) {
  const values = Object.fromEntries(new FormData(form));
  if (values.lookback === 'custom') {
    values.start = values.start ? Date.parse(values.start) * 1000 : '';
    values.end = values.end ? Date.parse(values.end) * 1000 : '';
  } else {
    delete values.start;
    delete values.end;
  }
  return { ...values, order: order === 'recent' ? '' : order };
}

function toLocal(us) {
  if (!us) return '';
  const time = new Date(Number(us) / 1000);
  return Number.isNaN(time.getTime()) ? '' : new Date(time.getTime() - time.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}

async function loadServices(select, chosen, context) {
  await loadNames(select, 'All services', 'api/services', chosen, context);
}

async function loadOperations(select, service, chosen, context) {
  select.disabled = !service;
  if (!service) replace(select, h('option', { value: '' }, 'All operations'));
  else await loadNames(select, 'All operations', `api/services/${encodeURIComponent(service)}/operations`, chosen, context);
}

async function loadNames(select, all, path, chosen, context) {
  const fillNames = names => replace(select, h('option', { value: '' }, all),
    (chosen && !names.includes(chosen) ? [chosen, ...names] : names).map(name => h('option', { value: name, selected: name === chosen }, name)));
  fillNames([]);
  try {
    fillNames((await get(path, {}, context.signal)).data);
    select.removeAttribute('title');
  } catch (error) {
    if (error.name !== 'AbortError') select.title = `The names could not be loaded: ${error.message}`;
  }
}
