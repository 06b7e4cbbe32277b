// The one script. Every page works without it; it keeps pages current, opens dialogs in place and knows the keys.
(() => {
  'use strict';

  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;
  root.classList.add('js');

  // What the user did to a row must outlive the row's next picture of itself: an opened <details>, a ticked box, the field in focus.
  Idiomorph.defaults.ignoreActiveValue = true;
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
    !(name === 'open' && node.matches('details, dialog')) && !(name === 'checked' && node.closest('.row__select'));

  // --- Toasts -------------------------------------------------------------------------------------------------------------

  const MaxToasts = 3;
  const ToastMilliseconds = 8000;

  function toast({ text, kind = '', label, href }) {
    const list = $('#toasts');
    if (!list || !text) return;
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

  // --- Live rows ----------------------------------------------------------------------------------------------------------

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
      place.toggleAttribute('data-some', value > 0);
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

  async function connect(url) {
    const hub = new signalR.HubConnectionBuilder()
      .withUrl(url)
      .withAutomaticReconnect({ nextRetryDelayInMilliseconds: (retry) => RetryMilliseconds[Math.min(retry.previousRetryCount, RetryMilliseconds.length - 1)] })
      .configureLogging(signalR.LogLevel.None)
      .build();
    hub.on('row', showRow);
    hub.on('counts', showCounts);
    hub.on('toast', toast);
    hub.onreconnecting(() => setLive(false));
    // Pushes sent while the socket was down are lost: each list asks again.
    hub.onreconnected(() => { setLive(true); catchUp(); });
    addEventListener('pagehide', () => hub.stop());

    // Automatic reconnect begins only after a first connection.
    for (let attempt = 0; ; attempt++) {
      try {
        await hub.start();
        setLive(true);
        catchUp();
        return;
      } catch {
        setLive(false);
        await new Promise((wake) => setTimeout(wake, RetryMilliseconds[Math.min(attempt + 1, RetryMilliseconds.length - 1)]));
      }
    }
  }

  // --- What a new piece of page needs -------------------------------------------------------------------------------------

  const Units = [['day', 86400], ['hour', 3600], ['minute', 60]];
  const relative = new Intl.RelativeTimeFormat(root.lang || 'en', { numeric: 'auto', style: 'short' });
  const bytes = new TextEncoder();

  function dress(within) {
    for (const field of $$('[data-count], [data-count-utf16], [data-count-bytes]', within)) count(field);
    for (const field of $$('[data-mirror]', within)) mirror(field);
    tellTimes(within);
    countTicked();
  }

  function tellTimes(within = document) {
    for (const time of $$('time[data-relative]', within)) {
      const then = new Date(time.dateTime);
      if (isNaN(then)) continue;
      const seconds = (then - Date.now()) / 1000;
      const [unit, size] = Units.find(([, size]) => Math.abs(seconds) >= size) ?? [];
      const text = !unit ? (seconds < 0 ? 'just now' : 'in a moment')
        : unit === 'day' && Math.abs(seconds) > 30 * size ? then.toLocaleDateString(root.lang, { dateStyle: 'medium' })
        : relative.format(Math.trunc(seconds / size), unit);
      if (time.textContent !== text) time.textContent = text;
      time.title ||= then.toLocaleString(root.lang, { dateStyle: 'full', timeStyle: 'short' });
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

  // --- Dialog -------------------------------------------------------------------------------------------------------------

  const dialog = $('#dialog');

  async function openDialog(url) {
    await htmx.ajax('GET', url, { target: '#dialog-body', swap: 'innerHTML' });
  }

  const closeDialog = () => dialog?.open && dialog.close();

  // --- Keys ---------------------------------------------------------------------------------------------------------------

  const Pages = { t: '/trending', d: '/downloads', p: '/publish', a: '/accounts' };
  let after = '';

  function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') return closeMenus(null);
    if (event.target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], video') || dialog?.open) return;

    const key = event.key;
    const page = after === 'g' && Pages[key];
    after = key;
    if (page) location.assign($(`.nav__link[data-key="${key}"]`)?.href ?? page);
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
    const keys = $('#keys');
    if (!keys) return;
    $('#dialog-body').replaceChildren(keys.content.cloneNode(true));
    dialog.showModal();
  }

  const closeMenus = (but) => $$('details.menu[open]').forEach((menu) => menu !== but && (menu.open = false));

  // --- Events -------------------------------------------------------------------------------------------------------------

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
    if (event.target.matches('dialog, [data-close]')) closeDialog();
    if (event.target.matches('.row__select input')) tick(event.target, event.shiftKey);
  });

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

  // A URL may be dropped anywhere in the header's box.
  const paste = $('.paste');
  paste?.addEventListener('dragover', (event) => { event.preventDefault(); paste.dataset.over = ''; });
  paste?.addEventListener('dragleave', () => delete paste.dataset.over);
  paste?.addEventListener('drop', (event) => {
    event.preventDefault();
    delete paste.dataset.over;
    $('#paste').value = event.dataTransfer.getData('text/uri-list').split('\n')[0] || event.dataTransfer.getData('text');
    paste.requestSubmit();
  });

  // htmx says what came back; what is not a fragment is told in a toast instead of being swapped.
  document.addEventListener('htmx:beforeSwap', ({ detail }) => {
    const { xhr } = detail;
    if (xhr.status < 400 || xhr.status === 422) return;
    const isFragment = /^text\/html/.test(xhr.getResponseHeader('Content-Type') ?? '') && !/^\s*<!doctype/i.test(xhr.responseText);
    if (isFragment && xhr.responseText.trim()) return;
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
    if (detail.target.id === 'flash') { closeDialog(); detail.target.scrollIntoView({ block: 'nearest' }); }
  });
  for (const name of ['htmx:sendError', 'htmx:timeout'])
    document.addEventListener(name, ({ detail }) => {
      // A list that polls says so by its mark; it need not say it again every five seconds.
      if (!detail.elt?.matches('[data-live]')) toast({ kind: 'bad', text: 'TrendVault cannot be reached. Check the connection and try again.' });
    });
  document.addEventListener('toast', ({ detail }) => toast(detail));
  document.addEventListener('dialog-close', closeDialog);

  dress(document);
  setInterval(tellTimes, 30000);
  if (document.body.dataset.hub) connect(document.body.dataset.hub);
})();
