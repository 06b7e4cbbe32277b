// What the checks of all clients share: where the sandbox is, and a line for each check.
import process from 'node:process';

export const settings = process.env;
export const sandbox = process.env.SANDBOX_URL;

const checks = [];

export const check = (name, run) => checks.push({ name, run });

// One after the other: later checks use what earlier ones have made.
export async function runAll(client) {
  for (const { name, run } of checks) {
    try {
      await run();
      console.log(`passed: ${client}: ${name}`);
    } catch (error) {
      const reason = String(error?.stack ?? error).split('\n').slice(0, 3).join(' | ');
      console.log(`failed: ${client}: ${name}: ${reason}`);
    }
  }
}

export async function desk(path, method = 'GET', body = undefined) {
  const answer = await fetch(new URL(`_sandbox/${path}`, sandbox), {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  return text === '' ? null : JSON.parse(text);
}
