// google-auth-library and googleapis: sign-in, charts, and publishing, as TrendVault does them.
import assert from 'node:assert/strict';
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { CodeChallengeMethod, ClientAuthentication, OAuth2Client } from 'google-auth-library';
import { google } from 'googleapis';
import { check, desk, runAll, sandbox, settings } from './checks.mjs';

const scopes = ['openid', 'email', 'https://www.googleapis.com/auth/youtube.upload', 'https://www.googleapis.com/auth/youtube.readonly'];

const signIn = (more = {}) => new OAuth2Client({
  clientId: settings.GOOGLE_CLIENT_ID,
  clientSecret: settings.GOOGLE_CLIENT_SECRET,
  redirectUri: settings.REDIRECT_URI,
  endpoints: {
    oauth2AuthBaseUrl: settings.GOOGLE_AUTH_URL,
    oauth2TokenUrl: settings.GOOGLE_TOKEN_URL,
    oauth2RevokeUrl: settings.GOOGLE_REVOKE_URL,
    tokenInfoUrl: new URL('tokeninfo', sandbox),
    oauth2FederatedSignonPemCertsUrl: new URL('oauth2/v1/certs', sandbox),
    oauth2FederatedSignonJwkCertsUrl: new URL('oauth2/v3/certs', sandbox),
  },
  ...more,
});

const auth = signIn();
let verifier;

async function consent(client) {
  const pair = await client.generateCodeVerifierAsync();
  verifier = pair.codeVerifier;
  const url = client.generateAuthUrl({
    access_type: 'offline',
    prompt: 'consent',
    scope: scopes,
    state: 'state',
    code_challenge_method: CodeChallengeMethod.S256,
    code_challenge: pair.codeChallenge,
  });
  await desk('switches', 'PUT', { consentAs: 'ada@example.com' });
  const answer = await fetch(url, { redirect: 'manual' });
  await desk('switches', 'PUT', {});
  const back = new URL(answer.headers.get('location'));
  assert.equal(back.searchParams.get('state'), 'state');
  return back.searchParams.get('code');
}

const refused = (promise, message) => assert.rejects(promise, error => {
  assert.equal(error.response?.data?.error, message);
  return true;
});

check('a code and its verifier become tokens', async () => {
  const { tokens } = await auth.getToken({ code: await consent(auth), codeVerifier: verifier });
  assert.ok(tokens.access_token && tokens.refresh_token && tokens.id_token);
  assert.ok(tokens.expiry_date > Date.now());
  assert.match(tokens.scope, /youtube\.upload/);
  auth.setCredentials(tokens);
});

check('another verifier is refused', async () => {
  const code = await consent(auth);
  await refused(auth.getToken({ code, codeVerifier: 'x'.repeat(64) }), 'invalid_grant');
});

check('the client may name itself in the header', async () => {
  const basic = signIn({ clientAuthentication: ClientAuthentication.ClientSecretBasic });
  const { tokens } = await basic.getToken({ code: await consent(basic), codeVerifier: verifier });
  assert.ok(tokens.access_token);
});

check('a mistyped secret is invalid_client', async () => {
  const wrong = signIn({ clientSecret: 'mistyped' });
  await refused(wrong.getToken({ code: await consent(wrong), codeVerifier: verifier }), 'invalid_client');
});

check('a refresh gives another access token and keeps the refresh token', async () => {
  const before = auth.credentials;
  const { credentials } = await auth.refreshAccessToken();
  assert.notEqual(credentials.access_token, before.access_token);
  assert.equal(credentials.refresh_token, before.refresh_token);
});

check('a call with a dead token is refreshed and made again', async () => {
  const forgetful = signIn();
  forgetful.setCredentials({ access_token: 'ya29.dead', refresh_token: auth.credentials.refresh_token });
  const { data } = await forgetful.request({ url: new URL('youtube/v3/channels?part=snippet&mine=true', sandbox).href });
  assert.equal(data.items[0].snippet.title, 'Ada Drives');
});

check('tokeninfo tells scopes, audience and time left', async () => {
  const info = await auth.getTokenInfo(auth.credentials.access_token);
  assert.equal(info.aud, settings.GOOGLE_CLIENT_ID);
  assert.equal(info.email, 'ada@example.com');
  assert.ok(info.scopes.includes('https://www.googleapis.com/auth/youtube.upload'));
  assert.ok(info.expiry_date > Date.now());
});

check('the id_token is good by the certificates', async () => {
  const ticket = await auth.verifyIdToken({ idToken: auth.credentials.id_token, audience: settings.GOOGLE_CLIENT_ID });
  assert.equal(ticket.getPayload().email, 'ada@example.com');
  await assert.rejects(auth.verifyIdToken({ idToken: auth.credentials.id_token, audience: 'another' }), /Wrong recipient/);
});

check('the id_token is good by the keys as JWK', async () => {
  const { keys } = await (await fetch(new URL('oauth2/v3/certs', sandbox))).json();
  const [head, body, signature] = auth.credentials.id_token.split('.');
  const key = createPublicKey({ key: keys[0], format: 'jwk' });
  assert.ok(verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')));
});

check('user info names the person', async () => {
  const { data } = await auth.request({ url: settings.GOOGLE_USERINFO_URL });
  assert.equal(data.email, 'ada@example.com');
});

// Every call names the sandbox as its root, uploads among them.
const here = { rootUrl: sandbox };
const youtube = google.youtube('v3');
const reasonOf = error => error.response.data.error.errors[0].reason;
const byKey = { key: settings.YOUTUBE_API_KEY };
const film = randomBytes(700_000);
const picture = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), randomBytes(4000)]);
let chart;
let uploaded;

check('a chart is paged', async () => {
  const ask = pageToken => youtube.videos.list({
    ...byKey, part: ['snippet', 'contentDetails', 'statistics', 'status'], chart: 'mostPopular', regionCode: 'US', maxResults: 50, pageToken,
  }, here);
  chart = (await ask()).data;
  const next = (await ask(chart.nextPageToken)).data;
  assert.equal(chart.items.length, 50);
  assert.equal(next.items.length, 50);
  assert.ok(next.prevPageToken);
  assert.match(chart.items[0].statistics.viewCount, /^\d+$/);
});

check('a chart that is not there is told by its reason', async () => {
  const asked = youtube.videos.list({ ...byKey, part: ['id'], chart: 'mostPopular', videoCategoryId: '19' }, here);
  await assert.rejects(asked, error => error.status === 404 && reasonOf(error) === 'videoChartNotFound');
});

check('fields cut an answer', async () => {
  const { data } = await youtube.videos.list({
    ...byKey, part: ['snippet', 'statistics'], id: [chart.items[0].id], fields: 'kind,items(id,snippet/title,statistics/viewCount)',
  }, here);
  assert.deepEqual(Object.keys(data).sort(), ['items', 'kind']);
  assert.deepEqual(Object.keys(data.items[0]).sort(), ['id', 'snippet', 'statistics']);
  assert.deepEqual(Object.keys(data.items[0].snippet), ['title']);
});

check('a field that is none is refused', async () => {
  const asked = youtube.videos.list({ ...byKey, part: ['id'], chart: 'mostPopular', fields: 'pagetoken' }, here);
  await assert.rejects(asked, error => error.status === 400 && /Invalid field selection pagetoken/.test(error.message));
});

check('a search finds videos', async () => {
  const { data } = await youtube.search.list({ ...byKey, part: ['snippet'], type: ['video'], order: 'viewCount', regionCode: 'US', maxResults: 25 }, here);
  assert.equal(data.items.length, 25);
  assert.ok(data.items.every(item => item.id.videoId));
});

check('categories say what an upload may name', async () => {
  const { data } = await youtube.videoCategories.list({ ...byKey, part: ['snippet'], regionCode: 'US' }, here);
  assert.equal(data.items.find(item => item.id === '10').snippet.assignable, true);
});

check('the numbers of many videos come in one call', async () => {
  const id = chart.items.slice(0, 50).map(item => item.id);
  const { data } = await youtube.videos.batchGetStats({ ...byKey, part: ['id', 'snippet', 'statistics', 'contentDetails'], id }, here);
  assert.equal(data.kind, 'youtube#batchGetStatsResponse');
  assert.equal(data.items.length, 50);
  assert.ok(BigInt(data.items[0].statistics.viewCount) > 0n);
  assert.match(data.items[0].contentDetails.duration, /^\d+s$/);
});

check('the own channel is found', async () => {
  const { data } = await youtube.channels.list({ auth, part: ['snippet', 'contentDetails', 'statistics', 'status'], mine: true }, here);
  assert.equal(data.items[0].snippet.title, 'Ada Drives');
});

check('a video is uploaded in one request', async () => {
  const { data } = await youtube.videos.insert({
    auth,
    part: ['snippet', 'status'],
    notifySubscribers: false,
    requestBody: {
      snippet: { title: 'In one request', description: 'Ä, ß and 日本', tags: ['a b', 'c'], categoryId: '22' },
      status: { privacyStatus: 'private', selfDeclaredMadeForKids: false },
    },
    media: { mimeType: 'video/mp4', body: Readable.from([film]) },
  }, here);
  uploaded = data;
  assert.equal(data.status.uploadStatus, 'uploaded');
  assert.equal(data.status.privacyStatus, 'private');
  const { videos } = await desk('ledger');
  const kept = videos.find(video => video.id === data.id);
  assert.equal(kept.sha256, createHash('sha256').update(film).digest('hex'));
  assert.equal(kept.description, 'Ä, ß and 日本');
});

check('an upload with a wrong title is refused by its field', async () => {
  const asked = youtube.videos.insert({
    auth, part: ['snippet'], requestBody: { snippet: { title: 'a < b' } }, media: { mimeType: 'video/mp4', body: Readable.from([film]) },
  }, here);
  await assert.rejects(asked, error => error.status === 400 && reasonOf(error) === 'invalidTitle');
});

check('a session is begun with a gzip body', async () => {
  const answer = await auth.request({
    url: new URL('upload/youtube/v3/videos?uploadType=resumable&part=snippet,status', sandbox).href,
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=UTF-8', 'content-encoding': 'gzip', 'x-upload-content-type': 'video/mp4', 'x-upload-content-length': '5' },
    body: gzipSync(JSON.stringify({ snippet: { title: 'From gzip' }, status: { privacyStatus: 'private' } })),
  });
  const address = answer.headers.get('location');
  const done = await auth.request({ url: address, method: 'PUT', headers: { 'content-range': 'bytes 0-4/5' }, body: Buffer.from('12345') });
  assert.equal(done.status, 201);
  assert.equal(done.data.snippet.title, 'From gzip');
});

check('a video has a thumbnail set', async () => {
  const { data } = await youtube.thumbnails.set({ auth, videoId: uploaded.id, media: { mimeType: 'image/jpeg', body: Readable.from([picture]) } }, here);
  assert.ok(data.items[0].maxres.url);
});

check('a channel has a watermark set', async () => {
  const { data } = await youtube.channels.list({ auth, part: ['id'], mine: true }, here);
  const { status } = await youtube.watermarks.set({
    auth,
    channelId: data.items[0].id,
    requestBody: { timing: { type: 'offsetFromStart', offsetMs: '0', durationMs: '15000' } },
    media: { mimeType: 'image/jpeg', body: Readable.from([picture]) },
  }, here);
  assert.equal(status, 204);
  assert.equal((await desk('ledger')).watermarks[data.items[0].id], createHash('sha256').update(picture).digest('hex'));
});

check('uploads are listed in their playlist', async () => {
  const channel = (await youtube.channels.list({ auth, part: ['contentDetails'], mine: true }, here)).data.items[0];
  const { data } = await youtube.playlistItems.list({
    auth, part: ['contentDetails', 'status'], playlistId: channel.contentDetails.relatedPlaylists.uploads, maxResults: 50,
  }, here);
  assert.ok(data.items.some(item => item.contentDetails.videoId === uploaded.id));
});

check('a private video shows its numbers to its owner alone', async () => {
  const ask = who => youtube.videos.batchGetStats({ ...who, part: ['statistics'], id: [uploaded.id] }, here);
  assert.equal((await ask({ auth })).data.items.length, 1);
  assert.equal((await ask(byKey)).data.items.length, 0);
});

check('revoking ends all tokens', async () => {
  const { access_token, refresh_token } = auth.credentials;
  await auth.revokeCredentials();
  await refused(auth.getTokenInfo(access_token), 'invalid_token');
  const late = signIn();
  late.setCredentials({ refresh_token });
  await refused(late.refreshAccessToken(), 'invalid_grant');
});

await runAll('google');
