// One trace: what it is, why it was kept, and its spans on a timeline.

import { get } from './api.js';
import { copyButton, failure, h, icon, icons, replace, state } from './dom.js';
import { count, duration, moment, percent, plural, reason } from './format.js';
import { minimap } from './minimap.js';
import { Timeline } from './timeline.js';
import { buildTrace } from './traceModel.js';

export async function showTrace(page, context) {
  document.title = 'Trace · Traces';
  replace(page, state('loading', 'Loading the trace…'));
  try {
    const answer = await get(`api/traces/${encodeURIComponent(context.id)}`, { decision: 'true' }, context.signal);
    present(page, buildTrace(answer.data[0]), context);
  } catch (error) {
    if (error.name === 'AbortError') return;
    if (error.status === 404)
      error.hint = 'It may not be decided yet (wait a few seconds), tail sampling may have dropped it, or it is older than the retention.';
    replace(page, failure(error, () => showTrace(page, context)));
  }
}

function present(page, trace, context) {
  const title = trace.root ?? trace.order[0];
  document.title = `${title.service}: ${title.name} · Traces`;
  const timeline = new Timeline(trace, context.signal);
  const overview = minimap(trace, (from, to) => timeline.zoom(from, to), context.signal);
  replace(page, h('div', { class: 'trace-page' }, header(trace, title), warnings(trace, timeline), overview, toolbar(trace, timeline), timeline.element));
  timeline.start(context.query.get('span'));
}

const header = (trace, title) => h('section', { class: 'trace-head' },
  h('h1', null, h('span', { class: 'swatch', style: { '--hue': trace.hues.get(title.service) } }), h('b', null, title.service), ' ', title.name),
  h('dl', { class: 'facts' },
    fact('Trace', h('code', null, trace.id), copyButton(trace.id, 'Copy the trace id')),
    fact('Start', moment(trace.start)),
    fact('Duration', duration(trace.duration)),
    fact('Spans', count(trace.spans.length)),
    fact('Depth', count(trace.depth)),
    fact('Errors', trace.errors ? h('span', { class: 'badge error' }, icon(icons.alert), count(trace.errors)) : '0'),
    trace.decision?.rule ? fact('Kept by', h('b', null, trace.decision.rule)) : null,
    trace.decision?.reason ? fact('Decided on', reason(trace.decision.reason)) : null,
    trace.decision && trace.decision.probability !== null
      ? fact('Probability', h('span', { title: `Stands for about ${count(Math.round(1 / trace.decision.probability))} traces like this one` }, percent(trace.decision.probability))) : null),
  h('div', { class: 'services' }, [...trace.services].sort((a, b) => b[1] - a[1])
    .map(([service, spans]) => h('span', { class: 'chip', style: { '--hue': trace.hues.get(service) } }, service, h('i', null, ` ${count(spans)}`)))));

const fact = (name, ...value) => h('div', null, h('dt', null, name), h('dd', null, value));

function warnings(trace, timeline) {
  const notes = [];
  if (!trace.root) notes.push(['The root span is missing.', 'Spans whose parent was not received are shown at the top level.', null]);
  else if (trace.orphans) notes.push([`${plural(trace.orphans, 'span')} without ${trace.orphans === 1 ? 'its' : 'their'} parent.`, 'The parent was not received; such spans are shown at the top level.', span => span.isOrphan]);
  if (trace.skewed) notes.push([`${plural(trace.skewed, 'span')} on other hosts ${trace.skewed === 1 ? 'lies' : 'lie'} outside of the parent's time.`, 'Either the clocks differ or the work goes on by itself; the details of each say by how much.', span => span.raw.warnings?.some(w => w.includes('adjust'))]);
  return notes.map(([what, why, test]) => h('div', { class: 'warning', role: 'note' }, icon(icons.alert), h('span', null, h('b', null, what), ' ', why),
    test ? h('button', { type: 'button', class: 'link', click: () => timeline.next(test) }, 'Show the next') : null));
}

function toolbar(trace, timeline) {
  const found = h('output', { class: 'note', 'aria-live': 'polite' });
  const filter = h('input', {
    type: 'search', id: 'filter', placeholder: 'Find in spans: name, service, tag', 'aria-label': 'Find in spans', autocomplete: 'off', spellcheck: 'false',
    input: () => { const n = timeline.find(filter.value.trim()); found.textContent = filter.value.trim() ? plural(n, 'match', 'matches') : ''; },
    keydown: event => { if (event.key === 'Enter') { event.preventDefault(); timeline.nextMatch(event.shiftKey ? -1 : 1); } },
  });
  const button = (label, title, click) => h('button', { type: 'button', class: 'button small', title, click }, label);
  return h('div', { class: 'toolbar' }, filter, found,
    h('span', { class: 'spacer' }),
    trace.errors ? button('Next error', 'Key: e', () => timeline.next(span => span.isError)) : null,
    button('Expand all', 'Key: +', () => timeline.collapseAll(false)),
    button('Collapse all', 'Key: -', () => timeline.collapseAll(true)));
}
