import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CLI, Example } from './example.js';

let example: Example;

beforeEach(() => {
  example = new Example();
});

afterEach(() => example.close());

test('cluster: every worker answers, and sees the changes of the primary', async () => {
  const url = (await example.start('cluster.mjs').says(/http:\S+/))[0];
  const answers = new Map<string, number>();
  await example.until('four workers have answered, of changes that came meanwhile', async () => {
    const [, worker, change] = /^Hello from (\d+), change (\d+)/.exec(await text(url)) ?? [];
    answers.set(worker, Number(change));
    return answers.size === 4 && Math.max(...answers.values()) > 0 ? true : undefined;
  });
});

test('worker threads: a thread that never waits sees what is written meanwhile', async () => {
  expect(await example.start('worker-threads.mjs').ended()).toBe(0);
  const steps = [...example.output.matchAll(/^thread \d+: \d+ rounds without a pause, steps seen: (.*)$/gm)];
  expect(steps.map(([, seen]) => seen.split(' ').at(-1))).toEqual(['5', '5']);
});

test('lookup: three workers find a range in the shared table, and see it change', async () => {
  expect(await example.start('lookup.mjs').ended()).toBe(0);
  for (const worker of [1, 2, 3]) {
    expect(example.output).toMatch(new RegExp(`^worker ${worker}: \\d+ is in CN, [\\d.]+ µs a lookup$`, 'm'));
    expect(example.output).toMatch(new RegExp(`^worker ${worker}: \\d+ is in AQ now$`, 'm'));
  }
});

test('fastify: its routes follow the file, and its health tells when nobody keeps it any more', async () => {
  const url = await followsItsFile('fastify');
  expect((await fetch(`${url}/health`)).status).toBe(200);
  example.kill();
  await example.until('the health is bad', async () =>
    (await fetch(`${url}/health`)).status === 503 ? true : undefined,
  );
  expect(await text(`${url}/flags/search`)).toMatch('true');
});

test('express: its routes follow the file', async () => {
  await followsItsFile('express');
});

/** Runs the server of `framework`, edits its file, and returns its address when the edit has arrived. */
async function followsItsFile(framework: string): Promise<string> {
  const file = example.copy(`${framework}/config.yaml`);
  example.start(CLI, 'run', file, '--name', framework, '--', process.execPath, `${framework}/server.mjs`);
  const [url] = await example.says(/http:\S+/);
  expect(await text(url)).toMatch('Hello');
  expect(await text(`${url}/flags/checkout`)).toMatch('false');
  expect((await fetch(`${url}/flags/nonsense`)).status).toBe(404);

  writeFileSync(file, readFileSync(file, 'utf8').replace('checkout: false', 'checkout: true'));
  await example.until('the flag has changed', async () =>
    (await text(`${url}/flags/checkout`)).includes('true') ? true : undefined,
  );
  return url;
}

async function text(url: string): Promise<string> {
  return (await fetch(url)).text();
}
