// The spans of a trace as a tree beside their times. Only the rows in sight exist in the document, so that 10,000 spans scroll like ten.

import { h, icon, icons, replace } from './dom.js';
import { duration, plural } from './format.js';
import { spanDetail } from './spanDetail.js';
import { matches, visibleSpans } from './traceModel.js';

const rowHeight = 30;
const detailGuess = 260;
const overscan = 12;
const ticks = 5;

export class Timeline {
  #trace; #signal; #rows = []; #tops = []; #total = 0; #active = 0;
  #collapsed = new Set(); #open = new Map(); #found = new Set(); #text = '';
  #from = 0; #to = 1; #shown = new Map(); #scroller; #canvas; #axis; #observer; #frame = 0;

  constructor(trace, signal) {
    this.#trace = trace;
    this.#signal = signal;
    this.#canvas = h('div', { class: 'rows', role: 'presentation' });
    this.#scroller = h('div', {
      class: 'scroller', role: 'treegrid', tabindex: '0', 'aria-label': 'Spans', 'aria-describedby': 'keys', scroll: () => this.#schedule(), keydown: event => this.#key(event),
      click: event => this.#click(event),
    }, this.#canvas);
    this.#axis = h('div', { class: 'axis-row', 'aria-hidden': 'true' });
    this.element = h('section', { class: 'timeline' }, this.#axis, this.#scroller,
      h('p', { id: 'keys', class: 'keys' }, key('↑ ↓'), ' move ', key('← →'), ' collapse, expand ', key('Enter'), ' details ', key('e'), ' next error ', key('/'), ' find'));
    this.#observer = new ResizeObserver(entries => this.#measure(entries));
  }

  start(spanId) {
    new ResizeObserver(() => {
      // The axis above has no scrollbar: it leaves the room that the rows leave for theirs.
      this.#axis.style.setProperty('--scrollbar', `${this.#scroller.offsetWidth - this.#scroller.clientWidth}px`);
      this.#schedule();
    }).observe(this.#scroller);
    this.#signal.addEventListener('abort', () => this.#observer.disconnect());
    document.addEventListener('keydown', event => this.#globalKey(event), { signal: this.#signal });
    this.zoom(0, 1);
    this.#layout();
    const span = spanId && this.#trace.byId.get(spanId);
    if (span) {
      this.#open.set(span, detailGuess);
      this.#layout();
      this.#reveal(span);
    }
  }

  zoom(from, to) {
    [this.#from, this.#to] = [from, to];
    const length = this.#trace.duration * (to - from);
    replace(this.#axis, h('span', { class: 'axis-name' }, 'Service and operation'),
      h('span', { class: 'axis-ticks' }, Array.from({ length: ticks }, (_, i) => h('i', { style: { left: `${i / (ticks - 1) * 100}%` } }, duration(this.#trace.duration * from + length * i / (ticks - 1))))));
    this.#redraw();
  }

  find(text) {
    this.#text = text;
    this.#found = new Set(text ? this.#trace.order.filter(span => matches(span, text)) : []);
    this.#redraw();
    if (this.#found.size) this.nextMatch(1);
    return this.#found.size;
  }

  nextMatch(step) {
    this.next(span => this.#found.has(span), step);
  }

  next(test, step = 1) {
    const order = this.#trace.order;
    const current = order.indexOf(this.#rows[this.#active]);
    for (let i = 1; i <= order.length; i++) {
      const span = order[(current + step * i + order.length * 2) % order.length];
      if (test(span)) return this.#reveal(span);
    }
  }

  collapseAll(isCollapsed) {
    this.#collapsed = new Set(isCollapsed ? this.#trace.order.filter(span => span.children.length) : []);
    this.#layout();
    this.#activate(0);
  }

  #reveal(span) {
    for (let parent = span.parent; parent; parent = parent.parent) this.#collapsed.delete(parent);
    this.#layout();
    this.#activate(this.#rows.indexOf(span), true);
  }

  #layout() {
    const active = this.#rows[this.#active];
    this.#rows = visibleSpans(this.#trace, this.#collapsed);
    this.#tops = new Float64Array(this.#rows.length + 1);
    this.#rows.forEach((span, i) => { this.#tops[i + 1] = this.#tops[i] + rowHeight + (this.#open.get(span) ?? 0); });
    this.#total = this.#tops[this.#rows.length];
    this.#active = Math.max(0, this.#rows.indexOf(active));
    this.#canvas.style.setProperty('height', `${this.#total}px`);
    this.#scroller.setAttribute('aria-rowcount', this.#rows.length);
    this.#redraw();
  }

  #redraw() {
    for (const element of this.#shown.values()) element.remove();
    this.#shown.clear();
    this.#observer.disconnect();
    this.#draw();
  }

  #schedule() {
    this.#frame ||= requestAnimationFrame(() => { this.#frame = 0; this.#draw(); });
  }

  #draw() {
    const { scrollTop, clientHeight } = this.#scroller;
    const first = Math.max(0, this.#rowAt(scrollTop) - overscan);
    const last = Math.min(this.#rows.length - 1, this.#rowAt(scrollTop + clientHeight) + overscan);
    for (const [span, element] of this.#shown)
      if (Number(element.dataset.row) < first || Number(element.dataset.row) > last) {
        element.remove();
        this.#shown.delete(span);
      }
    for (let i = first; i <= last; i++) this.#place(this.#rows[i], i);
    this.#markActive();
  }

  #place(span, i) {
    let element = this.#shown.get(span);
    if (!element) {
      element = this.#item(span, i);
      this.#shown.set(span, element);
      this.#canvas.append(element);
    }
    element.dataset.row = i;
    element.style.setProperty('transform', `translateY(${this.#tops[i]}px)`);
  }

  #rowAt(y) {
    let [low, high] = [0, Math.max(0, this.#rows.length - 1)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #item(span, i) {
    const isOpen = this.#open.has(span);
    const item = h('div', { class: 'item', style: { '--hue': this.#trace.hues.get(span.service) } }, this.#row(span, i, isOpen));
    if (isOpen) {
      const detail = spanDetail(span, this.#trace);
      detail.span = span;
      this.#observer.observe(detail);
      item.append(detail);
    }
    return item;
  }

  #row(span, i, isOpen) {
    const hasChildren = span.children.length > 0;
    const isCollapsed = this.#collapsed.has(span);
    const css = ['row', isOpen ? 'open' : '', span.isError ? 'has-error' : '', this.#text && !this.#found.has(span) ? 'dim' : '', this.#found.has(span) ? 'found' : ''].filter(Boolean).join(' ');
    return h('div', { class: css, role: 'row', id: `row-${span.index}`, 'aria-level': span.level + 1, 'aria-rowindex': i + 1, 'aria-expanded': hasChildren ? String(!isCollapsed) : null },
      h('div', { class: 'name', role: 'gridcell', style: { '--level': Math.min(span.level, 40) } },
        hasChildren
          ? h('button', { type: 'button', class: isCollapsed ? 'twist' : 'twist down', tabindex: '-1', 'aria-label': isCollapsed ? 'Expand' : 'Collapse', title: plural(span.descendants, 'span') + ' below' }, icon(icons.chevron), h('i', null, span.children.length))
          : h('span', { class: 'twist none' }),
        h('span', { class: 'swatch' }),
        span.isError ? icon(icons.alert, 'Error') : null,
        h('span', { class: 'label', title: `${span.service} ${span.name}` }, h('b', null, span.service), ' ', h('span', { class: 'operation' }, span.name)),
        span.isOrphan ? h('span', { class: 'badge warn', title: 'The parent span was not received' }, 'orphan') : null,
        span.raw.warnings?.length && !span.isOrphan ? h('span', { class: 'badge warn', title: span.raw.warnings.join('\n') }, '!') : null),
      h('div', { class: 'track', role: 'gridcell' }, this.#bar(span)));
  }

  #bar(span) {
    const whole = this.#trace.duration || 1;
    const length = this.#to - this.#from;
    const place = us => ((us - this.#trace.start) / whole - this.#from) / length * 100;
    const [left, right] = [place(span.start), place(span.start + span.duration)];
    if (right < 0 || left > 100) return [];
    const [begin, end] = [Math.max(0, left), Math.min(100, right)];
    const text = h('span', { class: 'length' }, duration(span.duration));
    const width = Math.max(0, end - begin);
    const label = begin + width > 88 ? { right: `${100 - begin}%` } : { left: `${begin + width}%` };
    if (width > 80) Object.assign(label, { right: `${Math.max(0, 100 - end)}%`, left: 'auto' });
    for (const [name, value] of Object.entries(label)) text.style.setProperty(name, value);
    if (width > 80) text.classList.add('inside');
    return [
      h('span', { class: 'bar', style: { left: `${begin}%`, width: `${width}%` } }),
      span.raw.logs.slice(0, 50).map(log => place(log.timestamp)).filter(x => x >= 0 && x <= 100).map(x => h('span', { class: 'event-mark', style: { left: `${x}%` } })),
      text,
    ];
  }

  #measure(entries) {
    let changed = false;
    for (const { target } of entries) {
      const height = target.offsetHeight;
      if (target.isConnected && this.#open.has(target.span) && Math.abs(this.#open.get(target.span) - height) > 0.5) {
        this.#open.set(target.span, height);
        changed = true;
      }
    }
    if (!changed) return;
    this.#rows.forEach((span, i) => { this.#tops[i + 1] = this.#tops[i] + rowHeight + (this.#open.get(span) ?? 0); });
    this.#canvas.style.setProperty('height', `${this.#tops[this.#rows.length]}px`);
    this.#draw();
  }

  #activate(i, isCentred = false) {
    if (this.#rows.length === 0) return;
    this.#active = Math.min(Math.max(0, i), this.#rows.length - 1);
    const [top, view] = [this.#tops[this.#active], this.#scroller];
    if (isCentred) view.scrollTop = top - view.clientHeight / 3;
    else if (top < view.scrollTop) view.scrollTop = top;
    else if (top + rowHeight > view.scrollTop + view.clientHeight) view.scrollTop = top + rowHeight - view.clientHeight;
    this.#draw();
  }

  #markActive() {
    const span = this.#rows[this.#active];
    for (const [each, element] of this.#shown) element.firstChild.classList.toggle('active', each === span);
    if (span) this.#scroller.setAttribute('aria-activedescendant', `row-${span.index}`);
  }

  #toggle(span) {
    if (this.#collapsed.has(span)) this.#collapsed.delete(span);
    else if (span.children.length) this.#collapsed.add(span);
    this.#layout();
  }

  #toggleDetail(span) {
    if (this.#open.has(span)) this.#open.delete(span);
    else this.#open.set(span, detailGuess);
    this.#layout();
  }

  #click(event) {
    const row = event.target.closest('.row');
    if (!row || getSelection()?.toString()) return;
    const i = Number(row.parentElement.dataset.row);
    this.#active = i;
    if (event.target.closest('button.twist')) this.#toggle(this.#rows[i]);
    else this.#toggleDetail(this.#rows[i]);
  }

  #key(event) {
    if (event.target !== this.#scroller || event.ctrlKey || event.metaKey || event.altKey) return;
    const span = this.#rows[this.#active];
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / rowHeight) - 1);
    const actions = {
      ArrowDown: () => this.#activate(this.#active + 1), ArrowUp: () => this.#activate(this.#active - 1), j: () => this.#activate(this.#active + 1), k: () => this.#activate(this.#active - 1),
      PageDown: () => this.#activate(this.#active + page), PageUp: () => this.#activate(this.#active - page), Home: () => this.#activate(0), End: () => this.#activate(this.#rows.length - 1),
      ArrowRight: () => this.#collapsed.has(span) ? this.#toggle(span) : span.children.length ? this.#activate(this.#active + 1) : null,
      ArrowLeft: () => span.children.length && !this.#collapsed.has(span) ? this.#toggle(span) : span.parent ? this.#activate(this.#rows.indexOf(span.parent)) : null,
      Enter: () => this.#toggleDetail(span), ' ': () => this.#toggleDetail(span), Escape: () => this.#open.has(span) && this.#toggleDetail(span),
      n: () => this.nextMatch(1), N: () => this.nextMatch(-1), '+': () => this.collapseAll(false), '-': () => this.collapseAll(true),
    };
    if (!span || !actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  }

  #globalKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    if (event.key === '/') {
      event.preventDefault();
      document.getElementById('filter')?.focus();
    } else if (event.key === 'e') this.next(span => span.isError);
  }
}

const key = text => h('kbd', null, text);
