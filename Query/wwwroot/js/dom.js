// Builds elements. Text only ever becomes text nodes and attribute values: nothing that a span says can turn into markup.

const SVG = 'http://www.w3.org/2000/svg';

export const h = (tag, props, ...children) => fill(document.createElement(tag), props, children);
export const s = (tag, props, ...children) => fill(document.createElementNS(SVG, tag), props, children);

function fill(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'style') for (const [key, style] of Object.entries(value)) element.style.setProperty(key, style);
    else if (name === 'value') element.value = value;
    else if (typeof value === 'function') element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

export const icon = (path, label) =>
  s('svg', { viewBox: '0 0 16 16', class: 'icon', role: label ? 'img' : null, 'aria-label': label, 'aria-hidden': label ? null : 'true' }, s('path', { d: path }));

export const icons = {
  alert: 'M8 1.2 15.4 14H.6L8 1.2Zm-.8 5v4h1.6v-4H7.2Zm0 5.2V13h1.6v-1.6H7.2Z',
  copy: 'M5 1h8a2 2 0 0 1 2 2v8h-1.6V3a.4.4 0 0 0-.4-.4H5V1ZM3 4h7.4A1.6 1.6 0 0 1 12 5.6V13a2 2 0 0 1-2 2H3a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2Zm0 1.6a.4.4 0 0 0-.4.4v7c0 .2.2.4.4.4h7a.4.4 0 0 0 .4-.4V6a.4.4 0 0 0-.4-.4H3Z',
  chevron: 'M5.5 3 11 8l-5.5 5L4.4 11.9 8.7 8 4.4 4.1 5.5 3Z',
};

// What a page shows while it has nothing else to show. The message says what happened, the hint what to do.
export const state = (kind, message, hint, ...actions) =>
  h('div', { class: `state ${kind}`, role: kind === 'error' ? 'alert' : 'status' },
    kind === 'loading' ? h('div', { class: 'spinner', 'aria-hidden': 'true' }) : null,
    h('p', { class: 'state-message' }, message), hint ? h('p', { class: 'state-hint' }, hint) : null, actions);

export const failure = (error, retry) =>
  state('error', error.message, error.hint, retry ? h('button', { type: 'button', class: 'button', click: retry }, 'Try again') : null);

export function copyButton(text, label) {
  const button = h('button', {
    type: 'button', class: 'ghost', title: label, 'aria-label': label,
    click: async event => {
      event.stopPropagation();
      try {
        await navigator.clipboard.writeText(text);
        button.classList.add('done');
        setTimeout(() => button.classList.remove('done'), 1200);
      } catch {
        window.prompt(label, text);
      }
    },
  }, icon(icons.copy));
  return button;
}
