import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';

/**
 * Builds service/worker.ts into dist/sw.js after the page, with the page's files and a version made
 * of their content written in: another page is another worker, the same page the same bytes.
 */
export function serviceWorker(): Plugin {
  let dist = 'dist';
  return {
    name: 'service-worker',
    apply: 'build',
    configResolved: (config) => {
      dist = config.build.outDir;
    },
    closeBundle: async () => {
      const define = { __SHELL__: JSON.stringify(shellOf(dist)) };
      await build({
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        define,
        build: {
          target: 'es2022',
          outDir: dist,
          emptyOutDir: false,
          rolldownOptions: {
            input: 'service/worker.ts',
            output: { format: 'iife', entryFileNames: 'sw.js' },
          },
        },
      });
    },
  };
}

function shellOf(dist: string): { version: string; files: string[] } {
  const assets = readdirSync(join(dist, 'assets')).sort();
  const hash = createHash('sha256').update(readFileSync(join(dist, 'index.html')));
  const version = hash.update(assets.join()).digest('hex').slice(0, 12);
  return { version, files: ['/icon.svg', ...assets.map((name) => `/assets/${name}`)] };
}
