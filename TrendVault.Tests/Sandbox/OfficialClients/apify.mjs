// apify-client: an actor's run from its start to its items, as TrendVault does it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { ApifyClient } from 'apify-client';
import { check, runAll, settings } from './checks.mjs';

// The client knows its own kind of log only, which it loads as CommonJS.
const { Log, LogLevel, Logger } = createRequire(import.meta.url)('@apify/log');
const client = new ApifyClient({ token: settings.APIFY_API_KEY, baseUrl: new URL(settings.APIFY_URL).origin, maxRetries: 1 });
const actor = client.actor('clockworks/tiktok-scraper');
const input = { hashtags: ['fyp', 'viral'], resultsPerPage: 50, proxyCountryCode: 'JP' };
let run;
let items;

check('an actor is found by name and by id, and one that is not there is undefined', async () => {
  const byName = await actor.get();
  assert.equal(byName.name, 'tiktok-scraper');
  assert.equal(byName.username, 'clockworks');
  assert.equal((await client.actor(byName.id).get()).id, byName.id);
  assert.equal(await client.actor('nobody/nothing').get(), undefined);
});

check('a run is started and waited for', async () => {
  const started = await actor.start(input, { timeout: 600, maxItems: 80, maxTotalChargeUsd: 1 });
  assert.ok(started.startedAt instanceof Date);
  run = await client.run(started.id).waitForFinish({ waitSecs: 60 });
  assert.equal(run.status, 'SUCCEEDED');
  assert.ok(run.finishedAt instanceof Date);
});

check('a call follows the log of its run and returns when it is over', async () => {
  const lines = [];
  class Kept extends Logger {
    _log(level, message) { lines.push(message); }
  }
  const done = await actor.call(input, { log: new Log({ level: LogLevel.DEBUG, logger: new Kept() }) });
  assert.equal(done.status, 'SUCCEEDED');
  assert.ok(lines.some(line => line.includes('Run started')));
});

check('a large input comes compressed and is kept as it was', async () => {
  const large = { ...input, hashtags: Array.from({ length: 300 }, (_, number) => `tag${number}`), resultsPerPage: 1 };
  const { defaultKeyValueStoreId } = await actor.start(large);
  const { value } = await client.keyValueStore(defaultKeyValueStoreId).getRecord('INPUT');
  assert.deepEqual(value, large);
});

check('the items of a dataset are listed', async () => {
  const dataset = client.dataset(run.defaultDatasetId);
  const page = await dataset.listItems({ clean: true });
  items = page.items;
  assert.equal(items.length, 80);
  assert.equal(page.total, 80);
  assert.equal((await dataset.get()).itemCount, 80);
});

check('a page has its offset, limit and order', async () => {
  const dataset = client.dataset(run.defaultDatasetId);
  const page = await dataset.listItems({ offset: 10, limit: 5 });
  assert.deepEqual(page.items, items.slice(10, 15));
  assert.deepEqual([page.offset, page.limit, page.count, page.total, page.desc], [10, 5, 5, 80, false]);
  const last = await dataset.listItems({ limit: 3, desc: true });
  assert.deepEqual(last.items, items.slice(-3).reverse());
  assert.equal(last.desc, true);
});

check('all pages are walked through', async () => {
  const walked = [];
  for await (const item of client.dataset(run.defaultDatasetId).listItems({ chunkSize: 30 })) walked.push(item);
  assert.deepEqual(walked, items);
});

check('fields are picked and omitted', async () => {
  const dataset = client.dataset(run.defaultDatasetId);
  const picked = (await dataset.listItems({ fields: ['webVideoUrl', 'id', 'playCount'], skipEmpty: true })).items;
  assert.ok(picked.every(item => Object.keys(item).every(name => ['webVideoUrl', 'id', 'playCount'].includes(name))));
  assert.deepEqual(Object.keys(picked.find(item => item.playCount !== undefined)), ['webVideoUrl', 'id', 'playCount']);
  const rest = (await dataset.listItems({ omit: ['authorMeta', 'text'], limit: 4 })).items;
  assert.ok(rest.every(item => !('authorMeta' in item) && !('text' in item)));
  assert.ok('videoMeta' in rest[0]);
});

check('items are downloaded as JSON and line by line', async () => {
  const dataset = client.dataset(run.defaultDatasetId);
  assert.deepEqual(JSON.parse((await dataset.downloadItems('json', { clean: true })).toString()), items);
  const lines = (await dataset.downloadItems('jsonl', { limit: 7 })).toString().trim().split('\n');
  assert.deepEqual(lines.map(line => JSON.parse(line)), items.slice(0, 7));
});

check('the newest runs are listed first', async () => {
  const { items: runs } = await actor.runs().list({ desc: true, limit: 5 });
  assert.ok(runs.length >= 3);
  assert.ok(runs[0].startedAt >= runs[1].startedAt);
});

check('a run is aborted', async () => {
  const { id } = await actor.start(input);
  assert.equal((await client.run(id).abort()).status, 'ABORTED');
});

check('a wrong token is told by its type', async () => {
  const stranger = new ApifyClient({ token: 'wrong', baseUrl: new URL(settings.APIFY_URL).origin, maxRetries: 0 });
  await assert.rejects(stranger.actor('clockworks/tiktok-scraper').start(input), error => error.statusCode === 401 && error.type === 'user-or-token-not-found');
});

await runAll('apify');
