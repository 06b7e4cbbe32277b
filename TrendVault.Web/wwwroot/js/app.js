// The one script; every page works without it.
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const on = (name, act) => document.addEventListener(name, act);
const write = (selector, text) => $$(selector).forEach((place) => (place.textContent = text));
const root = document.documentElement;
const dialog = $('#dialog');
root.classList.add('js');

// What the user opened, ticked or typed stays.
Idiomorph.defaults.ignoreActiveValue = true;
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) =>
	!(name === 'open' && node.matches('details, dialog')) && !(name === 'checked' && node.closest('.row__select'));

// Toasts, and under the bell what they said

const told = [];

function toast(message) {
	const list = $('#toasts');
	// A dialog makes all else inert.
	(dialog.open ? dialog : document.body).append(list);
	const item = make('div', { className: 'toast' }, ...say(message));
	item.dataset.kind = message.kind ?? '';
	const choice = (word, onclick) => item.append(make('button', { className: 'button button--quiet', onclick }, word));
	if (message.undo) choice('Undo', () => htmx.ajax('POST', message.undo, { swap: 'none' }));
	choice('Dismiss', () => item.remove());
	list.append(item);
	while (list.children.length > 3) list.firstElementChild.remove();
	const leave = setInterval(() => item.matches(':hover, :focus-within') || (item.remove(), clearInterval(leave)), 1e4);
	if (message.href || message.kind === 'bad') remember({ ...message, at: new Date().toJSON() });
}

// A message must not lead out.
const say = ({ text, label, href }) => [make('p', {}, text), ...(/^\/(?!\/)/.test(href) ? [make('a', { href }, label)] : [])];

// The last first, for as long as the tab.
function remember(...messages) {
	told.unshift(...messages);
	told.splice(20);
	$('#bell').hidden = !told.length;
	$('#told').replaceChildren(...told.map((message) => make('li', {}, ...say(message), make('time', { dateTime: message.at }))));
	tellTimes();
}

function make(name, properties, ...children) {
	const element = Object.assign(document.createElement(name), properties);
	element.append(...children);
	return element;
}

// Live rows

let poll = 0;

function showRow(id, html) {
	const row = $('#' + id);
	if (!row) return;
	Idiomorph.morph(row, html, { morphStyle: 'outerHTML' });
	htmx.process(row);
	dress(row);
}

function showCounts(counts) {
	for (const [name, value] of Object.entries(counts)) {
		write(`[data-counter=${name}]`, value);
		for (const place of $$(`[data-counter=${name}][data-some]`)) place.dataset.some = value > 0;
	}
}

function readLists() {
	for (const list of $$('[data-live]')) load(list.dataset.live || location.href, list, 'morph:innerHTML');
}

function catchUp() {
	if (!document.hidden) readLists();
}

const load = (url, target, swap) => htmx.ajax('GET', url, { target, swap }).catch(() => {});

function setLive(live) {
	const state = live ? 'live' : 'polling';
	for (const mark of $$('[data-live-mark]')) mark.textContent = mark.dataset.state = state;
	clearInterval(poll);
	poll = live ? 0 : setInterval(catchUp, 5000);
}

function connect(url) {
	const hub = new signalR.HubConnectionBuilder()
		.withUrl(url)
		.withAutomaticReconnect({ nextRetryDelayInMilliseconds: (retry) => delay(retry.previousRetryCount) })
		.configureLogging('none')
		.build();
	hub.on('row', showRow);
	hub.on('counts', showCounts);
	hub.on('list', readLists);
	hub.on('toast', toast);
	hub.onreconnecting(() => setLive(false));
	// Pushes until then are lost.
	hub.onreconnected(heard);
	hub.onclose(() => setLive(false));
	addEventListener('pagehide', () => hub.stop());
	addEventListener('pageshow', ({ persisted }) => persisted && start(hub));
	start(hub);
}

// A first attempt is not repeated.
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

const delay = (attempt) => Math.min(2e3 * attempt, 2e4);

// What a new piece of page needs

const Spans = [[60, 1, 's'], [3600, 60, 'min'], [172800, 3600, 'h'], [5184000, 86400, 'days'], [63072000, 2626560, 'months'], [Infinity, 31557600, 'years']];
const Lengths = {
	letters: (text) => text.length,
	bytes: (text) => new TextEncoder().encode(text).length,
	// With quotes round those that have a space.
	tags: (text) => text.split(',').map((tag) => tag.trim()).filter(Boolean).join().replace(/[^,]* [^,]*/g, '"$&"').length,
};

function dress(within) {
	$$('[data-count]', within).forEach(count);
	$$('[data-mirror]', within).forEach(mirror);
	// For keyboards.
	for (const wrap of $$('.table-wrap', within)) if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0;
	tellTimes(within);
	countTicked();
}

function tellTimes(within = document) {
	for (const time of $$('time:is([data-relative], #told *)', within)) {
		const then = new Date(time.dateTime);
		if (isNaN(then)) continue;
		const past = (Date.now() - then) / 1e3;
		const age = Math.abs(past);
		const [, size, unit] = Spans.find(([below]) => age < below);
		const span = `${Math.floor(age / size)} ${unit}`;
		const text = age < 10 ? 'just now' : past > 0 ? `${span} ago` : `in ${span}`;
		if (time.textContent !== text) time.textContent = text;
		time.title = then.toLocaleString(root.lang, { dateStyle: 'full', timeStyle: 'short' });
	}
}

function count(field) {
	const { count, limit } = field.dataset;
	const length = Lengths[count](field.value);
	const [label] = field.labels;
	const place = $('.field__count', label) ?? make('span', { className: 'field__count' });
	label.append(place);
	place.textContent = `${length} / ${limit}`;
	place.toggleAttribute('data-over', length > limit);
}

function mirror(place) {
	place.textContent = $(place.dataset.mirror)?.value || place.textContent;
}

function countTicked() {
	write('[data-bulk-count]', `${$$('.row__select input:checked').length} selected`);
}

// Dialogs: those with a URL have an entry in the history

let below = ''; // the URL of the page under it
let place = 0;
const stand = () => history.replaceState({ htmx: true, y: scrollY }, '');

async function openDialog({ href, dataset }) {
	await load(href, '#dialog-body', 'innerHTML');
	if (!dataset?.dialog || !dialog.open || below) return;
	stand();
	below = location.href;
	history.pushState({ below }, '', href);
}

dialog.addEventListener('close', () => {
	document.body.append($('#toasts'));
	for (const part of $$('#dialog-flash, #dialog-body')) part.replaceChildren();
	if (below) history.back();
});

// Before htmx, which would load the page again.
addEventListener('popstate', (event) => {
	const isHere = location.href === below;
	({ y: place, below } = { below: '', ...event.state });
	if (below) return openDialog(location);
	dialog.close();
	if (isHere) event.stopImmediatePropagation();
	else if (event.state?.htmx) $('.more')?.remove(); // of what leaves
});

on('htmx:beforeHistoryUpdate', ({ detail }) => {
	if (below) detail.history.path = location.href;
	else stand();
});
on('htmx:historyRestore', () => scrollTo(0, place));

// Keys

let before = '';

on('keydown', (event) => {
	const { key, target } = event;
	if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
	if (key === 'Escape') return closeMenus();
	if (target.closest('input:not([type=checkbox], [type=radio]), textarea, select') || dialog.open) return;

	const goal = before === 'g' && $(`[data-go="${CSS.escape(key)}"]`);
	before = key;
	if (goal) goal.click();
	else if (/^[/n]$/.test(key)) focus((key === '/' && $('[data-key="/"]')) || $('#paste'), event);
	else if (key === 'x') $('.row:focus-within .row__select input, .row:hover .row__select input')?.click();
	else if (key === '?') {
		$('#dialog-body').replaceChildren($('#keys').content.cloneNode(true));
		dialog.showModal();
	}
});

function focus(field, event) {
	if (!field) return;
	event.preventDefault();
	field.focus();
	field.select();
}

const closeMenus = (but) => $$('details.menu[open]').forEach((menu) => menu !== but && (menu.open = false));

// Events

let lastTick = null;

on('click', (event) => {
	const { target } = event;
	closeMenus(target.closest('details.menu'));
	const link = target.closest('a[data-dialog]');
	if (link && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
		event.preventDefault();
		openDialog(link);
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
	for (const button of $$('[name=theme]')) button.ariaPressed = button === choice;
	closeMenus();
}

async function copyText({ dataset }) {
	try {
		await navigator.clipboard.writeText($(dataset.copy).textContent.trim());
		toast({ text: 'Copied.', kind: 'good' });
	} catch {
		toast({ text: 'Select the text: copying is not allowed here.', kind: 'bad' });
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
	if (target.matches('[data-count]')) count(target);
	if (target.id) write(`[data-mirror="#${target.id}"]`, target.value);
});

on('visibilitychange', () => poll && catchUp());

const Refusals = {
	403: 'Not allowed, or your session has ended. Reload the page.',
	404: 'That is no longer there.',
	429: 'Too often: wait a minute.',
};

// What did not come is told in its place.
function tellInPlace({ elt, pathInfo }) {
	const box = elt.closest('[data-failed]');
	if (!box) return false;
	box.dataset.failed = true;
	for (const again of $$('.failure a', box)) again.href = pathInfo.requestPath;
	return true;
}

// What is no fragment is told in a toast.
on('htmx:beforeSwap', ({ detail }) => {
	const { xhr } = detail;
	if (xhr.status < 400 || xhr.status === 422) return;
	if (tellInPlace(detail)) return (detail.shouldSwap = false);
	// A page begins with its doctype.
	detail.shouldSwap = /^\s*<[^!]/.test(xhr.responseText);
	if (detail.shouldSwap) {
		if (dialog.open) detail.target = $('#dialog-flash');
		return;
	}
	toast({ kind: 'bad', text: Refusals[xhr.status] ?? (xhr.status < 500 ? Refusals[403] : 'TrendVault could not do that. Nothing was changed.') });
});

on('htmx:afterSwap', ({ detail: { target } }) => {
	dress(target?.isConnected ? target : document);
	if (target?.id === 'dialog-body' && !dialog.open) dialog.showModal();
	if (target?.id === 'flash') target.scrollIntoView({ block: 'nearest' });
});
for (const name of ['htmx:sendError', 'htmx:timeout'])
	on(name, ({ detail }) => {
		// A list that polls says so by its mark.
		if (!detail.target.matches('[data-live]') && !tellInPlace(detail)) toast({ kind: 'bad', text: 'TrendVault cannot be reached. Try again.' });
	});
on('toast', ({ detail }) => toast(detail));
on('dialog-close', () => dialog.close());

const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
$('[data-zone=own]')?.add(new Option(own, own, 0, 1), 0);
dress(document);
addEventListener('resize', () => dress(document));
setInterval(tellTimes, 3e4);
const { hub } = document.body.dataset;
if (hub) connect(hub);
// Last: this throws where nothing is kept.
if (hub) remember(...JSON.parse(sessionStorage.told ?? '[]'));
addEventListener('pagehide', () => (sessionStorage.told = JSON.stringify(told)));
