/// <reference types="vitest/config" />
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { serviceWorker } from './scripts/service.ts';

const server = process.env.TOANCANH_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [svelte(), serviceWorker()],
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 1500,
    // Fonts and the worker are fetched when they are needed, never inlined into our JavaScript.
    assetsInlineLimit: 0,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': server, '/tiles': server } },
  test: {
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts', 'service/**/*.test.ts'],
    environment: 'node',
  },
});
