// On a download's page: keys for the player, and a note where this browser cannot show or play the file.

const seek = (seconds) => (film) => (film.currentTime += seconds);
const pace = (factor) => (film) => (film.playbackRate *= factor);
const Keys = {
	' ': (film) => film[film.paused ? 'play' : 'pause'](),
	m: (film) => (film.muted = !film.muted),
	f: (film) => film.requestFullscreen(),
	j: seek(-10),
	l: seek(10),
	ArrowLeft: seek(-5),
	ArrowRight: seek(5),
	'<': pace(0.8),
	'>': pace(1.25),
};

document.addEventListener('keydown', (event) => {
	const { key, target } = event;
	const player = document.querySelector('[data-player]');
	const isForPage = event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('#dialog').open;
	const isForControl = target.closest('input:not([type=checkbox], [type=radio]), textarea, select, a, button, summary');
	if (!player || !Keys[key] || isForPage || isForControl) return;
	event.preventDefault();
	Keys[key](player);
});

function tell(player, isUnplayable) {
	const note = player.closest('.columns__main').querySelector('[data-unplayable]');
	note.hidden = !isUnplayable;
}

// Sound on black: the picture is in a codec that the browser does not know.
function lacksPicture(player) {
	return player instanceof HTMLVideoElement && player.readyState >= HTMLMediaElement.HAVE_METADATA && player.videoWidth === 0;
}

// A file that did not come has the same error as one that cannot be read.
async function isRefused({ error, src }) {
	if (error?.code === MediaError.MEDIA_ERR_DECODE) return true;
	if (error?.code !== MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED) return false;
	const answer = await fetch(src, { method: 'HEAD' }).catch(() => null);
	return answer?.ok === true;
}

async function judge(player) {
	tell(player, lacksPicture(player) || (await isRefused(player)));
}

// These events do not bubble; the player comes with a fragment when the download ends.
for (const name of ['loadedmetadata', 'error'])
	document.addEventListener(name, ({ target }) => target.matches?.('[data-player]') && judge(target), true);

// What has happened before this script ran.
for (const player of document.querySelectorAll('[data-player]'))
	judge(player);
