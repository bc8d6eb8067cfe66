// Turns a trace of the API into a tree. Nothing here recurses: a trace may be one long chain.

import { assignHues } from './colours.js';

export function buildTrace(data) {
  const spans = data.spans.map((raw, index) => toSpan(raw, index, data));
  const byId = new Map();
  for (const span of spans) if (!byId.has(span.id)) byId.set(span.id, span);
  const roots = link(spans, byId);
  const start = spans.reduce((min, span) => Math.min(min, span.start), Infinity);
  const end = spans.reduce((max, span) => Math.max(max, span.start + span.duration), -Infinity);
  const services = new Map();
  for (const span of spans) services.set(span.service, (services.get(span.service) ?? 0) + 1);
  const trace = {
    id: data.traceID, spans, byId, roots, start, end, duration: Math.max(0, end - start), services, hues: assignHues(services.keys()),
    errors: spans.filter(span => span.isError).length, orphans: spans.filter(span => span.isOrphan).length,
    skewed: spans.filter(span => span.raw.warnings?.some(w => w.includes('clock skew adjustment') && !w.startsWith('invalid parent') || w.includes('were adjusted'))).length,
    decision: data.decision ?? null, root: roots.find(span => !span.isOrphan) ?? null,
  };
  trace.order = preorder(roots);
  trace.depth = spans.reduce((max, span) => Math.max(max, span.level), 0) + 1;
  return trace;
}

function toSpan(raw, index, data) {
  const process = data.processes[raw.processID] ?? { serviceName: 'unknown', tags: [] };
  const tag = key => raw.tags.find(t => t.key === key)?.value;
  const parent = raw.references.find(r => r.refType === 'CHILD_OF' && r.traceID === raw.traceID);
  return {
    raw, index, id: raw.spanID, name: raw.operationName || '(no name)', service: process.serviceName, process, start: raw.startTime, duration: raw.duration,
    kind: tag('span.kind') ?? '', isError: tag('error') === true || tag('error') === 'true' || tag('otel.status_code') === 'ERROR',
    parentId: parent?.spanID ?? null, parent: null, children: [], isOrphan: false, level: 0, descendants: 0,
    links: raw.references.filter(r => r !== parent),
  };
}

function link(spans, byId) {
  const roots = [];
  for (const span of spans) {
    const parent = span.parentId ? byId.get(span.parentId) : null;
    if (parent && parent !== span) {
      span.parent = parent;
      parent.children.push(span);
    } else {
      span.isOrphan = span.parentId !== null;
      roots.push(span);
    }
  }
  breakCycles(spans, roots);
  const byStart = (a, b) => a.start - b.start || b.duration - a.duration || a.index - b.index;
  for (const span of spans) span.children.sort(byStart);
  return roots.sort((a, b) => a.isOrphan - b.isOrphan || byStart(a, b));
}

// Spans that are their own ancestors hang below no root: cut such a circle open at its earliest span.
function breakCycles(spans, roots) {
  const seen = new Set();
  const visit = root => {
    const open = [root];
    while (open.length) {
      const span = open.pop();
      seen.add(span);
      for (const child of span.children) if (!seen.has(child)) open.push(child);
    }
  };
  roots.forEach(visit);
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    if (seen.has(span)) continue;
    span.parent.children.splice(span.parent.children.indexOf(span), 1);
    span.parent = null;
    span.isOrphan = true;
    roots.push(span);
    visit(span);
  }
}

function preorder(roots) {
  const order = [];
  const open = roots.toReversed();
  while (open.length) {
    const span = open.pop();
    span.level = span.parent ? span.parent.level + 1 : 0;
    order.push(span);
    for (let i = span.children.length - 1; i >= 0; i--) open.push(span.children[i]);
  }
  for (let i = order.length - 1; i >= 0; i--) if (order[i].parent) order[i].parent.descendants += order[i].descendants + 1;
  return order;
}

// The rows that are shown: everything that is not below a collapsed span.
export function visibleSpans(trace, collapsed) {
  const rows = [];
  for (let i = 0; i < trace.order.length; i++) {
    const span = trace.order[i];
    rows.push(span);
    if (collapsed.has(span)) i += span.descendants;
  }
  return rows;
}

export function matches(span, text) {
  const wanted = text.toLowerCase();
  return span.name.toLowerCase().includes(wanted) || span.service.toLowerCase().includes(wanted) || span.id.startsWith(wanted)
    || span.raw.tags.some(t => hasText(t, wanted)) || span.raw.logs.some(l => l.fields.some(f => hasText(f, wanted)));
}

const hasText = (tag, wanted) => `${tag.key}=${tag.value}`.toLowerCase().includes(wanted);
