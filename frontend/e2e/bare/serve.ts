import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rollup } from 'vite';

const types = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript'],
  ['.css', 'text/css'],
]);

/** The files of a small page, compressed as the program has its own, by their path. */
async function filesOf(root: string): Promise<Map<string, { type: string; body: Buffer }>> {
  const built = await build({
    root: resolve(root),
    logLevel: 'warn',
    build: { write: false, target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
    worker: { format: 'es' },
  });
  const outputs = (Array.isArray(built) ? built : [built]) as Rollup.RollupOutput[];
  return new Map(
    outputs
      .flatMap(({ output }) => output)
      .map((file) => [
        `/${file.fileName}`,
        {
          type: types.get(extname(file.fileName)) ?? 'application/octet-stream',
          body: gzipSync(file.type === 'chunk' ? file.code : file.source),
        },
      ]),
  );
}

/** Passes a question on to the program. */
function pass(program: string, path: string, to: ServerResponse): void {
  request(new URL(path, program), (answer) => {
    to.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(to);
  })
    .on('error', () => to.writeHead(502).end())
    .end();
}

/** Serves the bare choropleth in front of a program; give `close` back what it listens with. */
export async function serveBare(program: string): Promise<{ url: string; close: () => void }> {
  const files = await filesOf('e2e/bare');
  const server = createServer(({ url = '/' }, to) => {
    const { pathname } = new URL(url, program);
    const file = files.get(pathname === '/' ? '/index.html' : pathname);
    if (!file) {
      pass(program, url, to);
      return;
    }
    to.writeHead(200, { 'Content-Type': file.type, 'Content-Encoding': 'gzip' }).end(file.body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
