import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A fresh demonstration fills its warehouse before it serves; slow machines take their time. */
const patience = 240_000;

/** The real program with demonstration figures, on a free port and in a directory of its own. PROGRAM names another one. */
export class Program {
  #child: ChildProcess | null = null;

  private constructor(
    readonly url: string,
    private readonly data: string,
  ) {}

  /** Starts it in a directory that has been prepared, if need be. */
  static async start(prepare?: (data: string) => void): Promise<Program> {
    const data = await mkdtemp(join(tmpdir(), 'toancanh-e2e-'));
    prepare?.(data);
    const program = new Program(`http://127.0.0.1:${await freePort()}`, data);
    try {
      await program.begin();
    } catch (cause) {
      await program.end();
      throw cause;
    }
    return program;
  }

  /** Starts it, on what it has kept if it ran before, and waits until it answers. */
  async begin(): Promise<void> {
    const path = resolve(process.env.PROGRAM ?? '../bin/toancanh');
    if (!existsSync(path)) throw new Error(`${path} is not there: make build`);
    const { host } = new URL(this.url);
    const child = spawn(path, ['demo', '--listen', host, '--data', this.data], {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: resolve('..'),
    });
    this.#child = child;
    await ready(this.url, () => child.exitCode !== null);
  }

  /** Stops it; what it has kept stays. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const exit = new Promise((done) => child.once('exit', done));
    child.kill('SIGINT');
    await exit;
  }

  /** Stops it for good. */
  async end(): Promise<void> {
    await this.stop();
    await rm(this.data, { recursive: true, force: true });
  }
}

/** Waits until the program at an address answers. */
export async function ready(url: string, gone: () => boolean): Promise<void> {
  const until = Date.now() + patience;
  while (Date.now() < until) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    if (gone()) throw new Error('toancanh demo ended before it was ready');
    await new Promise((wake) => setTimeout(wake, 250));
  }
  throw new Error(`${url} was not ready after ${patience / 1000} s`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
