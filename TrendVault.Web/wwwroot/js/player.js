// On a download's page: says so where this browser cannot show or play the file.

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
