// Everything that a span says.

import { copyButton, h, icon, icons } from './dom.js';
import { duration } from './format.js';

export const spanDetail = (span, trace) => h('div', { class: 'detail', role: 'row' }, h('div', { class: 'detail-in', role: 'gridcell' },
  h('div', { class: 'detail-head' },
    h('h2', null, span.name),
    h('dl', { class: 'facts' },
      fact('Service', span.service), span.kind ? fact('Kind', span.kind) : null, fact('Duration', duration(span.duration)), fact('Starts after', duration(span.start - trace.start)),
      fact('Span', h('code', null, span.id), copyButton(span.id, 'Copy the span id')),
      span.parentId ? fact('Parent', h('code', null, span.parentId)) : null,
      fact('', h('a', { class: 'link', href: `trace/${trace.id}?span=${span.id}`, 'data-link': true }, 'Link to this span')))),
  (span.raw.warnings ?? []).map(text => h('div', { class: 'warning' }, icon(icons.alert), h('span', null, text))),
  section('Attributes', span.raw.tags.length, true, tagTable(span.raw.tags)),
  section('Resource', span.process.tags.length, false, tagTable(span.process.tags)),
  section('Events', span.raw.logs.length, true, h('ol', { class: 'events' }, span.raw.logs.map(log => event(log, span)))),
  section('Links', span.links.length, true, h('ul', { class: 'links' }, span.links.map(link)))));

const fact = (name, ...value) => h('div', null, h('dt', null, name), h('dd', null, value));

const section = (name, number, isOpen, content) => number === 0 ? null
  : h('details', { open: isOpen }, h('summary', null, name, h('i', null, ` ${number}`)), content);

const tagTable = tags => h('table', { class: 'tags' }, h('tbody', null, tags.toSorted((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
  .map(tag => h('tr', { class: isFailure(tag) ? 'bad' : null }, h('th', { scope: 'row' }, tag.key), h('td', { class: tag.type === 'string' ? null : 'typed' }, value(tag)), h('td', { class: 'act' }, copyButton(String(tag.value), `Copy the value of ${tag.key}`))))));

const isFailure = tag => tag.key === 'error' && String(tag.value) === 'true' || tag.key === 'otel.status_code' && tag.value === 'ERROR';

function value(tag) {
  const text = String(tag.value);
  if (tag.type === 'string' && /^https?:\/\/[^\s]+$/.test(text)) return h('a', { href: text, rel: 'noopener noreferrer', target: '_blank' }, text);
  const structure = tag.type === 'string' && /^[[{]/.test(text) ? pretty(text) : null;
  return structure ? h('pre', null, structure) : text.includes('\n') ? h('pre', null, text) : text;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

function event(log, span) {
  const name = log.fields.find(f => f.key === 'event')?.value ?? log.fields[0]?.value ?? 'event';
  const rest = log.fields.filter(f => f.key !== 'event');
  const head = [h('b', null, name), h('span', { class: 'note' }, ` after ${duration(log.timestamp - span.start)}`)];
  return h('li', { class: name === 'exception' || name === 'error' ? 'bad' : null },
    rest.length ? h('details', { open: span.raw.logs.length <= 3 }, h('summary', null, head), tagTable(rest)) : h('div', null, head));
}

const link = reference => h('li', null, h('span', { class: 'badge' }, reference.refType === 'CHILD_OF' ? 'child of' : 'follows from'), ' ',
  h('a', { href: `trace/${reference.traceID}?span=${reference.spanID}`, 'data-link': true }, h('code', null, reference.traceID), ' / ', h('code', null, reference.spanID)));

