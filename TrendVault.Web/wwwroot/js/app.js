// The one script. Every page works without it; it keeps pages current, opens dialogs in place and knows the keys.
(() => {
  'use strict';

  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;
  const dialog = $('#dialog');
  root.classList.add('js');

  // What the user did to a row must outlive the row's next picture of itself: an opened <details>, a ticked box, the field in focus.
  Idiomorph.defaults.ignoreActiveValue = true;
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !(name === 'open' && node.matches('details, dialog')) && !(name === 'checked' && node.closest('.row__select'));

  // Toasts.

  const MaxToasts = 3;
  const ToastMilliseconds = 8000;

  function toast({ text, kind = '', label, href }) {
    const list = $('#toasts');
    if (!text) return;
    // Beside an open dialog everything is inert.
    (dialog.open ? dialog : document.body).append(list);
    const item = make('div', { className: 'toast' }, make('p', { textContent: text }));
    item.dataset.kind = kind;
    // Only a path of our own: what a message carries must not lead out.
    if (label && /^\/(?!\/)/.test(href ?? '')) item.append(make('a', { textContent: label, href }));
    item.append(make('button', { className: 'button button--quiet', type: 'button', textContent: 'Dismiss', onclick: () => item.remove() }));
    list.append(item);
    while (list.children.length > MaxToasts) list.firstElementChild.remove();
    leaveLater(item);
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
  const RetryMilliseconds = [0, 2000, 5000, 10000, 20000];
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
      mark.textContent = live ? 'live' : 'polling';
      mark.dataset.state = mark.textContent;
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
    hub.onreconnecting(() => setLive(false));
    // Pushes sent while the socket was down are lost, and those between the page and the first connection: each list asks again.
    hub.onreconnected(heard);
    hub.onclose(() => setLive(false));
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

  const delay = (attempt) => RetryMilliseconds[Math.min(attempt, RetryMilliseconds.length - 1)];

  // What a new piece of page needs

  const Spans = [[60, 1, 's'], [3600, 60, 'min'], [172800, 3600, 'h'], [5184000, 86400, 'days'], [63072000, 2626560, 'months'], [Infinity, 31557600, 'years']];
  const bytes = new TextEncoder();

  function dress(within) {
    for (const field of $$('[data-count], [data-count-utf16], [data-count-bytes]', within)) count(field);
    for (const field of $$('[data-mirror]', within)) mirror(field);
    // What scrolls must be reachable by the keyboard.
    for (const wrap of $$('.table-wrap', within)) if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0;
    tellTimes(within);
    countTicked();
  }

  // In the words that the server wrote first.
  function tellTimes(within = document) {
    for (const time of $$('time[data-relative]', within)) {
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

  // Dialog

  const openDialog = (url) => htmx.ajax('GET', url, { target: '#dialog-body', swap: 'innerHTML' });

  dialog.addEventListener('close', () => {
    document.body.append($('#toasts'));
    for (const part of $$('#dialog-flash, #dialog-body')) part.replaceChildren();
  });

  // Keys

  let before = '';

  function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') return closeMenus(null);
    if (event.target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], video') || dialog.open) return;

    const { key } = event;
    const place = before === 'g' && $(`[data-go="${CSS.escape(key)}"]`);
    before = key;
    if (place) place.click();
    else if (key === '/') focus($('[data-key="/"]') ?? $('#paste'), event);
    else if (key === 'n') focus($('#paste'), event);
    else if (key === '?') showKeys();
    else if (key === 'x') $('.row:focus-within .row__select input, .row:hover .row__select input')?.click();
  }

  function focus(field, event) {
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  }

  function showKeys() {
    $('#dialog-body').replaceChildren($('#keys').content.cloneNode(true));
    dialog.showModal();
  }

  const closeMenus = (but) => $$('details.menu[open]').forEach((menu) => menu !== but && (menu.open = false));

  // Events

  let lastTick = null;

  document.addEventListener('click', (event) => {
    closeMenus(event.target.closest('details.menu'));
    const link = event.target.closest('a[data-dialog]');
    if (link && !(event.ctrlKey || event.metaKey || event.shiftKey || event.button)) {
      event.preventDefault();
      openDialog(link.href);
    }
    const copy = event.target.closest('[data-copy]');
    if (copy) copyText(copy);
    if (event.target === dialog || event.target.closest('[data-close]')) dialog.close();
    if (event.target.closest('[name=theme]')) showTheme(event.target.closest('[name=theme]'));
    if (event.target.matches('.row__select input')) tick(event.target, event.shiftKey);
  });

  function showTheme(choice) {
    root.dataset.theme = choice.value;
    for (const button of $$('[name=theme]')) button.setAttribute('aria-pressed', button === choice);
    closeMenus(null);
  }

  async function copyText(button) {
    try {
      await navigator.clipboard.writeText($(button.dataset.copy).textContent.trim());
      toast({ text: 'Copied.', kind: 'good' });
    } catch {
      toast({ text: 'The browser does not allow copying. Select the text instead.', kind: 'bad' });
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

  document.addEventListener('input', ({ target }) => {
    if (target.matches('[data-count], [data-count-utf16], [data-count-bytes]')) count(target);
    if (target.id) for (const place of $$(`[data-mirror="#${CSS.escape(target.id)}"]`)) place.textContent = target.value;
  });

  document.addEventListener('keydown', onKey);
  document.addEventListener('visibilitychange', () => document.hidden || (poll && catchUp()));

  // htmx says what came back; what is not a fragment is told in a toast instead of being swapped.
  document.addEventListener('htmx:beforeSwap', ({ detail }) => {
    const { xhr } = detail;
    if (xhr.status < 400 || xhr.status === 422) return;
    const isFragment = /^text\/html/.test(xhr.getResponseHeader('Content-Type') ?? '') && !/^\s*<!doctype/i.test(xhr.responseText);
    if (isFragment && xhr.responseText.trim()) {
      if (dialog.open) detail.target = $('#dialog-flash');
      return;
    }
    detail.shouldSwap = false;
    toast({ kind: 'bad', text: sentenceFor(xhr.status) });
  });

  function sentenceFor(status) {
    if (status === 429) return 'That was too often. Wait a minute, then try again.';
    if (status === 401 || status === 403) return 'You are not allowed to do that, or your session has ended. Reload the page.';
    if (status === 404) return 'That is no longer there.';
    return status >= 500 ? 'TrendVault could not do that. Nothing was changed; try again.' : 'That request was not understood. Reload the page.';
  }

  document.addEventListener('htmx:afterSwap', ({ detail }) => {
    dress(detail.target.isConnected ? detail.target : document);
    if (detail.target.id === 'dialog-body' && !dialog.open) dialog.showModal();
    if (detail.target.id === 'flash') detail.target.scrollIntoView({ block: 'nearest' });
  });
  for (const name of ['htmx:sendError', 'htmx:timeout'])
    document.addEventListener(name, ({ detail }) => {
      // A list that polls says so by its mark; it need not say it again every five seconds.
      if (!detail.elt?.matches('[data-live]')) toast({ kind: 'bad', text: 'TrendVault cannot be reached. Check the connection and try again.' });
    });
  document.addEventListener('toast', ({ detail }) => toast(detail));
  document.addEventListener('dialog-close', () => dialog.close());

  dress(document);
  setInterval(tellTimes, 30000);
  if (document.body.dataset.hub) connect(document.body.dataset.hub);
})();
