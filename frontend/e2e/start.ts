import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A fresh demonstration fills its warehouse before it serves; slow machines take their time. */
const patience = 240_000;

/** Starts the real program, or takes the one that runs; gives the function that ends it. */
export default async function start(): Promise<() => Promise<void>> {
  if (process.env.TOANCANH_URL) {
    await ready(process.env.TOANCANH_URL, () => false);
    return async () => undefined;
  }
  const program = resolve('../bin/toancanh');
  if (!existsSync(program)) throw new Error(`${program} is not there: make build`);
  const data = await mkdtemp(join(tmpdir(), 'toancanh-e2e-'));
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, ['demo', '--listen', listen, '--data', data], {
    stdio: ['ignore', 'ignore', 'inherit'],
    cwd: resolve('..'),
  });
  const stop = async (): Promise<void> => {
    await ended(child);
    await rm(data, { recursive: true, force: true });
  };
  process.env.TOANCANH_URL = `http://${listen}`;
  try {
    await ready(process.env.TOANCANH_URL, () => child.exitCode !== null);
  } catch (cause) {
    await stop();
    throw cause;
  }
  return stop;
}

async function ready(url: string, gone: () => boolean): Promise<void> {
  const until = Date.now() + patience;
  while (Date.now() < until) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    if (gone()) throw new Error('toancanh demo ended before it was ready');
    await new Promise((wake) => setTimeout(wake, 250));
  }
  throw new Error(`${url} was not ready after ${patience / 1000} s`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise((done) => child.once('exit', done));
  child.kill('SIGINT');
  await exit;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
