// The one script. Every page works without it.
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const on = (event, act) => document.addEventListener(event, act);
const root = document.documentElement;
const dialog = $('#dialog');
root.classList.add('js');

// What the user did to a row outlives its next picture.
Idiomorph.defaults.ignoreActiveValue = true;
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
  !(name === 'open' && node.matches('details, dialog')) && !(name === 'checked' && node.closest('.row__select'));

// Toasts and the bell

const MaxToasts = 3;
const MaxTold = 20;
const ToastMilliseconds = 8000;
const told = [];

function toast(message) {
  const list = $('#toasts');
  // Beside an open dialog everything is inert.
  (dialog.open ? dialog : document.body).append(list);
  const item = make('div', { className: 'toast' }, ...say(message));
  item.dataset.kind = message.kind ?? '';
  item.append(make('button', { className: 'button button--quiet', type: 'button', textContent: 'Dismiss', onclick: () => item.remove() }));
  list.append(item);
  while (list.children.length > MaxToasts) list.firstElementChild.remove();
  leaveLater(item);
  if (message.href || message.kind === 'bad') remember({ ...message, at: new Date().toJSON() });
}

function say({ text, label, href }) {
  // Only a path of our own: what a message carries must not lead out.
  return [make('p', { textContent: text }), ...(/^\/(?!\/)/.test(href) ? [make('a', { textContent: label, href })] : [])];
}

// They outlive the page, but not the tab or the session.
function remember(...messages) {
  told.unshift(...messages);
  told.splice(MaxTold);
  $('#bell').hidden = !told.length;
  const list = $('#told');
  list.replaceChildren(...told.map((message) => make('li', {}, ...say(message), make('time', { dateTime: message.at }))));
  tellTimes(list);
}

function leaveLater(item) {
  setTimeout(() => (item.matches(':hover, :focus-within') ? leaveLater(item) : item.remove()), ToastMilliseconds);
}

function make(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

// Live rows

const PollMilliseconds = 5000;
let poll = 0;

function showRow(id, html) {
  const row = document.getElementById(id);
  if (!row) return;
  Idiomorph.morph(row, html, { morphStyle: 'outerHTML' });
  const now = document.getElementById(id);
  htmx.process(now);
  dress(now);
}

function showCounts(counts) {
  for (const [name, value] of Object.entries(counts)) {
    const place = $(`[data-counter="${CSS.escape(name)}"]`);
    if (!place) continue;
    place.textContent = value;
    if ('some' in place.dataset) place.dataset.some = value > 0;
  }
}

function catchUp() {
  if (document.hidden) return;
  for (const list of $$('[data-live]'))
    htmx.ajax('GET', list.dataset.live, { target: list, swap: 'morph:innerHTML' }).catch(() => {});
}

function setLive(live) {
  for (const mark of $$('[data-live-mark]')) {
    mark.dataset.state = mark.textContent = live ? 'live' : 'polling';
  }
  clearInterval(poll);
  poll = live ? 0 : setInterval(catchUp, PollMilliseconds);
}

function connect(url) {
  const hub = new signalR.HubConnectionBuilder()
    .withUrl(url)
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: (retry) => delay(retry.previousRetryCount) })
    .configureLogging(signalR.LogLevel.None)
    .build();
  hub.on('row', showRow);
  hub.on('counts', showCounts);
  hub.on('toast', toast);
  const lost = () => setLive(false);
  hub.onreconnecting(lost);
  // What was pushed meanwhile is lost: each list asks again.
  hub.onreconnected(heard);
  hub.onclose(lost);
  addEventListener('pagehide', () => hub.stop());
  addEventListener('pageshow', ({ persisted }) => persisted && start(hub));
  start(hub);
}

// Automatic reconnect begins only after a first connection.
function start(hub, attempt = 1) {
  hub.start().then(heard, () => {
    setLive(false);
    setTimeout(start, delay(attempt), hub, attempt + 1);
  });
}

function heard() {
  setLive(true);
  catchUp();
}

const delay = (attempt) => Math.min(2000 * attempt, 20000);

// New pieces of page

const Spans = [[60, 1, 's'], [3600, 60, 'min'], [172800, 3600, 'h'], [5184000, 86400, 'days'], [63072000, 2626560, 'months'], [Infinity, 31557600, 'years']];
const Counted = '[data-count], [data-count-utf16], [data-count-bytes]';
const bytes = new TextEncoder();

function dress(within) {
  for (const field of $$(Counted, within)) count(field);
  for (const field of $$('[data-mirror]', within)) mirror(field);
  // What scrolls must be reachable by the keyboard.
  for (const wrap of $$('.table-wrap', within)) if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0;
  tellTimes(within);
  countTicked();
}

function tellTimes(within = document) {
  for (const time of $$('time:is([data-relative], #told *)', within)) {
    const then = new Date(time.dateTime);
    if (isNaN(then)) continue;
    const age = (Date.now() - then) / 1000;
    const [, size, unit] = Spans.find(([below]) => Math.abs(age) < below);
    const span = `${Math.floor(Math.abs(age) / size)} ${unit}`;
    const text = Math.abs(age) < 10 ? 'just now' : age > 0 ? `${span} ago` : `in ${span}`;
    if (time.textContent !== text) time.textContent = text;
    time.title = then.toLocaleString(root.lang, { dateStyle: 'full', timeStyle: 'short' });
  }
}

function count(field) {
  const { count: characters, countUtf16, countBytes } = field.dataset;
  const limit = Number(characters ?? countUtf16 ?? countBytes);
  const length = characters ? [...field.value].length : countUtf16 ? field.value.length : bytes.encode(field.value).length;
  const label = field.labels?.[0];
  if (!label) return;
  let place = $('.field__count', label);
  if (!place) label.append((place = make('span', { className: 'field__count' })));
  place.textContent = `${length} / ${limit}`;
  place.toggleAttribute('data-over', length > limit);
}

function mirror(place) {
  const source = $(place.dataset.mirror);
  if (source?.value) place.textContent = source.value;
}

function countTicked() {
  const ticked = $$('.row__select input:checked').length;
  for (const place of $$('[data-bulk-count]')) place.textContent = `${ticked} selected`;
}

// Dialog. That of a page has its address: Back closes it.

const reloaded = history.state?.dialog;

async function open(link) {
  await htmx.ajax('GET', link.href, { target: '#dialog-body', swap: 'innerHTML' });
  if (link.dataset.dialog && dialog.open) history.pushState({ dialog: true }, '', link.href);
}

addEventListener('popstate', (event) => {
  if (!dialog.open && !reloaded && !event.state?.dialog) return;
  event.stopImmediatePropagation();
  dialog.open ? dialog.close() : location.reload();
}, true);

dialog.addEventListener('close', () => {
  if (history.state?.dialog) history.back();
  document.body.append($('#toasts'));
  for (const part of $$('#dialog-flash, #dialog-body')) part.replaceChildren();
});

// Keys

let before = '';
const seek = (seconds) => (video) => (video.currentTime += seconds);
const pace = (factor) => (video) => (video.playbackRate *= factor);
const PlayerKeys = {
  ' ': (video) => (video.paused ? video.play() : video.pause()),
  m: (video) => (video.muted = !video.muted),
  f: (video) => video.requestFullscreen(),
  ArrowLeft: seek(-5), ArrowRight: seek(5), j: seek(-10), l: seek(10), '<': pace(0.8), '>': pace(1.25),
};

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Escape') return closeMenus();
  if (event.target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]') || dialog.open) return;

  const { key } = event;
  const player = $('[data-player]');
  if (player && PlayerKeys[key] && !event.target.closest('a, button, summary')) {
    event.preventDefault();
    PlayerKeys[key](player);
  }
  const place = before === 'g' && $(`[data-go="${CSS.escape(key)}"]`);
  before = key;
  if (place) place.click();
  else if (key === '/') focus($('[data-key="/"]') ?? $('#paste'), event);
  else if (key === 'n') focus($('#paste'), event);
  else if (key === 'x') $('.row:focus-within .row__select input, .row:hover .row__select input')?.click();
  else if (key === '?') {
    $('#dialog-body').replaceChildren($('#keys').content.cloneNode(true));
    dialog.showModal();
  }
}

function focus(field, event) {
  event.preventDefault();
  field?.focus();
  field?.select();
}

const closeMenus = (but) => $$('details.menu[open]').forEach((menu) => menu !== but && (menu.open = false));

// Events

let lastTick = null;

on('click', (event) => {
  const { target } = event;
  closeMenus(target.closest('details.menu'));
  const link = target.closest('a[data-dialog]');
  if (link && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) {
    event.preventDefault();
    open(link);
  }
  const copy = target.closest('[data-copy]');
  if (copy) copyText(copy);
  const theme = target.closest('[name=theme]');
  if (theme) showTheme(theme);
  if (target === dialog || target.closest('[data-close]')) dialog.close();
  if (target.matches('.row__select input')) tick(target, event.shiftKey);
});

function showTheme(choice) {
  root.dataset.theme = choice.value;
  for (const button of $$('[name=theme]')) button.setAttribute('aria-pressed', button === choice);
  closeMenus();
}

async function copyText(button) {
  try {
    await navigator.clipboard.writeText($(button.dataset.copy).textContent.trim());
    toast({ text: 'Copied.', kind: 'good' });
  } catch {
    toast({ text: 'Copying is not allowed here. Select the text instead.', kind: 'bad' });
  }
}

function tick(box, range) {
  const boxes = $$('.row__select input');
  if (range && lastTick?.isConnected) {
    const [from, to] = [boxes.indexOf(lastTick), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const other of boxes.slice(from, to + 1)) other.checked = box.checked;
  }
  lastTick = box;
  countTicked();
}

on('input', ({ target }) => {
  if (target.matches(Counted)) count(target);
  if (target.id) for (const place of $$(`[data-mirror="#${CSS.escape(target.id)}"]`)) place.textContent = target.value;
});

on('keydown', onKey);
addEventListener('resize', () => dress(document));
on('visibilitychange', () => document.hidden || (poll && catchUp()));

const Refusals = {
  403: 'That is not allowed, or your session has ended. Reload the page.',
  404: 'That is no longer there.',
  429: 'That was too often. Wait a minute, then try again.',
};

// What is no fragment is told in a toast instead of being swapped.
on('htmx:beforeSwap', ({ detail }) => {
  const { xhr } = detail;
  if (xhr.status < 400 || xhr.status === 422) return;
  const isFragment = /^text\/html/.test(xhr.getResponseHeader('Content-Type') ?? '') && !/^\s*<!doctype/i.test(xhr.responseText);
  if (isFragment && xhr.responseText.trim()) {
    if (dialog.open) detail.target = $('#dialog-flash');
    return;
  }
  detail.shouldSwap = false;
  toast({ kind: 'bad', text: Refusals[xhr.status] ?? (xhr.status < 500 ? Refusals[403] : 'TrendVault could not do that. Nothing was changed; try again.') });
});

on('htmx:afterSwap', ({ detail }) => {
  dress(detail.target.isConnected ? detail.target : document);
  if (detail.target.id === 'dialog-body' && !dialog.open) dialog.showModal();
  if (detail.target.id === 'flash') detail.target.scrollIntoView({ block: 'nearest' });
});
on('htmx:sendError', ({ detail }) => {
  // A list that polls says so by its mark.
  if (!detail.elt?.matches('[data-live]')) toast({ kind: 'bad', text: 'TrendVault cannot be reached. Check the connection and try again.' });
});
on('toast', ({ detail }) => toast(detail));
on('dialog-close', () => dialog.close());

dress(document);
setInterval(tellTimes, 30000);
const { hub } = document.body.dataset;
if (hub) {
  connect(hub);
  // Last: a browser that may keep nothing throws here.
  remember(...JSON.parse(sessionStorage.told ?? '[]'));
}
addEventListener('pagehide', () => (sessionStorage.told = JSON.stringify(told)));
