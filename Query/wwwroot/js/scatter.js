// Results as dots: when and how long, size by spans, red with errors.

import { h, s } from './dom.js';
import { duration, plural, shortMoment } from './format.js';

const [width, height, left, right, top, bottom] = [1000, 150, 62, 16, 12, 24];

export function scatter(traces, open) {
  const starts = traces.map(t => t.startTime);
  const [first, last] = [Math.min(...starts), Math.max(...starts)];
  const max = Math.max(...traces.map(t => t.duration), 1);
  const min = Math.max(1, Math.min(...traces.map(t => t.duration)));
  const isLog = max / min > 50;
  const scale = us => isLog ? Math.log(Math.max(us, 1) / min) / Math.log(max / min) : us / max;
  const x = us => left + (last > first ? (us - first) / (last - first) : 0.5) * (width - left - right);
  const y = us => height - bottom - scale(us) * (height - top - bottom);
  const marks = isLog ? [min, Math.sqrt(min * max), max] : [0, max / 2, max];
  const chart = s('svg', { viewBox: `0 0 ${width} ${height}`, class: 'scatter', role: 'img', 'aria-label': `${plural(traces.length, 'trace')} by start and duration; the list below has them all` },
    marks.map(mark => [s('line', { x1: left, x2: width - right, y1: y(mark), y2: y(mark), class: 'grid' }), s('text', { x: left - 8, y: y(mark) + 4, class: 'axis end' }, duration(mark))]),
    s('text', { x: left, y: height - 6, class: 'axis' }, shortMoment(first)),
    last > first ? s('text', { x: width - right, y: height - 6, class: 'axis end' }, shortMoment(last)) : null,
    traces.map(trace => dot(trace, x(trace.startTime), y(trace.duration), open)));
  return h('div', { class: 'card chart' }, chart);
}

function dot(trace, x, y, open) {
  const radius = Math.min(14, 3.5 + Math.log2(trace.spanCount + 1) * 0.9);
  return s('circle', { cx: x, cy: y, r: radius, class: trace.errorCount ? 'dot error' : 'dot', click: () => open(trace.traceID) },
    s('title', null, `${trace.rootService} ${trace.rootOperation}\n${duration(trace.duration)}, ${plural(trace.spanCount, 'span')}${trace.errorCount ? `, ${plural(trace.errorCount, 'error')}` : ''}`));
}
