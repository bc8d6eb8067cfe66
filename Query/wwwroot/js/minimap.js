// The whole trace in a strip; dragging over it zooms the timeline.

import { h } from './dom.js';

const height = 56;

export function minimap(trace, zoom, signal) {
  const canvas = h('canvas', { height, 'aria-hidden': 'true' });
  const selection = h('div', { class: 'selection', hidden: true });
  const reset = h('button', { type: 'button', class: 'button small reset', hidden: true, click: () => select(0, 1) }, 'Show all');
  const element = h('div', { class: 'minimap', title: 'Drag to zoom in' }, canvas, selection, reset);

  function select(from, to) {
    const isAll = to - from >= 1;
    selection.hidden = reset.hidden = isAll;
    selection.style.setProperty('left', `${from * 100}%`);
    selection.style.setProperty('width', `${(to - from) * 100}%`);
    zoom(from, to);
  }

  const at = event => {
    const box = canvas.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  };
  canvas.addEventListener('pointerdown', down => {
    const begin = at(down);
    canvas.setPointerCapture(down.pointerId);
    const move = event => {
      const [from, to] = [Math.min(begin, at(event)), Math.max(begin, at(event))];
      if (to - from > 0.005) select(from, to);
    };
    canvas.addEventListener('pointermove', move);
    canvas.addEventListener('pointerup', () => canvas.removeEventListener('pointermove', move), { once: true });
  });
  canvas.addEventListener('dblclick', () => select(0, 1));
  const paint = () => draw(canvas, trace);
  new ResizeObserver(paint).observe(element);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint, { signal });
  return element;
}

function draw(canvas, trace) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext('2d');
  context.scale(ratio, ratio);
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const rowHeight = Math.max(0.5, Math.min(4, (height - 8) / trace.order.length));
  trace.order.forEach((span, row) => {
    const x = (span.start - trace.start) / (trace.duration || 1) * width;
    const length = Math.max(1, span.duration / (trace.duration || 1) * width);
    context.fillStyle = span.isError ? (dark ? '#ff6b6b' : '#d3302f') : `oklch(${dark ? 0.72 : 0.62} 0.13 ${trace.hues.get(span.service)})`;
    context.fillRect(x, 4 + row * ((height - 8) / Math.max(trace.order.length, (height - 8) / 4)), length, Math.max(1, rowHeight - (rowHeight > 2 ? 1 : 0)));
  });
}
