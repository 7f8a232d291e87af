import { defineConfig } from '@playwright/test';

/**
 * Browser tests against the real program. TOANCANH_URL takes one that already runs; without it
 * global setup starts ../bin/toancanh demo in a temporary directory. CHROMIUM names another browser.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  globalSetup: './e2e/start.ts',
  // One program and a few figures that are corrected on it: tests take turns.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  retries: process.env.CI ? 1 : 0,
  reporter: [['list']],
  use: {
    baseURL: process.env.TOANCANH_URL,
    viewport: { width: 1440, height: 900 },
    locale: 'vi-VN',
    // A test that answers in the server's place must hear every question; offline.spec.ts lets the worker in.
    serviceWorkers: 'block',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--enable-unsafe-swiftshader', // WebGL in software
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--no-default-browser-check',
      ],
    },
  },
  projects: [
    { name: 'e2e', testIgnore: ['shots.spec.ts', 'soak.spec.ts', 'bench.spec.ts'] },
    { name: 'shots', testMatch: 'shots.spec.ts' },
    { name: 'bench', testMatch: ['bench.spec.ts', 'recolour.bench.ts', 'repaint.bench.ts'] },
    { name: 'soak', testMatch: 'soak.spec.ts' },
  ],
});
