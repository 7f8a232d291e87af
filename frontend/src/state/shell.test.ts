import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { entryOf, filesOf, newShell } from './shell';

const shell = (hash: string): string =>
  `<link rel="stylesheet" href="/assets/index-${hash}.css"><link rel="icon" href="/icon.svg">` +
  `<script type="module" crossorigin src="/assets/index-${hash}.js"></script>`;

let served: Record<string, string>;
beforeEach(() => {
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('fetch', (path: string) =>
    Promise.resolve(new Response(served[path] ?? '', { status: path in served ? 200 : 404 })),
  );
});
afterEach(() => vi.unstubAllGlobals());

it('reads the files of a shell', () => {
  expect(entryOf(shell('a'))).toBe('/assets/index-a.js');
  expect(filesOf(shell('a'))).toEqual(['/assets/index-a.css', '/assets/index-a.js']);
  expect(entryOf('<h1>502 Bad Gateway</h1>')).toBeNull();
});

it('knows another page once all of it is there', async () => {
  served = { '/': shell('b'), '/assets/index-b.js': '', '/assets/index-b.css': '' };
  expect(await newShell('/assets/index-a.js')).toBe(true);
  expect(await newShell('/assets/index-b.js')).toBe(false);
  expect(await newShell(null)).toBe(false);
});

it('stays with its page while the other is not whole, or a gateway answers', async () => {
  served = { '/': shell('b'), '/assets/index-b.js': '' };
  expect(await newShell('/assets/index-a.js')).toBe(false);
  served = { '/': '<h1>502 Bad Gateway</h1>' };
  expect(await newShell('/assets/index-a.js')).toBe(false);
  served = {};
  expect(await newShell('/assets/index-a.js')).toBe(false);
});
