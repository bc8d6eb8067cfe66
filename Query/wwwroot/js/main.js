// Reads the address and shows the page that it names.

import { h, replace, state } from './dom.js';
import { showSearch } from './search.js';
import { showTrace } from './trace.js';
import { showDependencies } from './dependencies.js';

const page = document.getElementById('page');
const base = new URL(document.baseURI).pathname;
let leave = new AbortController();

const routes = [
  [/^(?:search)?$/, 'search', showSearch],
  [/^trace\/([^/]+)$/, 'trace', showTrace],
  [/^dependencies$/, 'dependencies', showDependencies],
];

export function go(address, { replaceEntry = false } = {}) {
  const target = new URL(address, document.baseURI);
  if (replaceEntry) history.replaceState(null, '', target);
  else history.pushState(null, '', target);
  show();
}

function show() {
  leave.abort();
  leave = new AbortController();
  const path = location.pathname.startsWith(base) ? location.pathname.slice(base.length) : location.pathname;
  const [name, render, match] = find(path);
  for (const link of document.querySelectorAll('nav a')) {
    if (link.dataset.page === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  page.className = `page-${name}`;
  page.replaceChildren();
  render(page, { query: new URLSearchParams(location.search), id: match?.[1] ? decodeURIComponent(match[1]) : null, signal: leave.signal, go });
}

function find(path) {
  for (const [pattern, name, render] of routes) {
    const match = pattern.exec(path);
    if (match) return [name, render, match];
  }
  return ['missing', () => replace(page, state('empty', 'There is no such page.', null, h('a', { href: 'search', 'data-link': true, class: 'button' }, 'Search for traces'))), null];
}

document.addEventListener('click', event => {
  const link = event.target.closest?.('a[data-link]');
  if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.getAttribute('href'));
});

document.getElementById('lookup').addEventListener('submit', event => {
  event.preventDefault();
  const input = document.getElementById('lookup-id');
  const id = input.value.trim();
  if (id) go(`trace/${encodeURIComponent(id)}`);
  input.value = '';
});

window.addEventListener('popstate', show);
show();
