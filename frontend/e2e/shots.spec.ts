import { mkdirSync } from 'node:fs';
import { test } from './driver';

/** Pictures of every route for the eye: `npm run shots`, into SHOTS or frontend/shots. */
const folder = process.env.SHOTS ?? 'shots';
const sizes = [
  { name: '390', width: 390, height: 844 },
  { name: '1440', width: 1440, height: 900 },
  { name: '3840', width: 3840, height: 2160 },
];
const routes = [
  { name: 'overview', address: '/' },
  { name: 'district', address: '/?unit=248&indicator=online_service_rate' },
  { name: 'unit', address: '/units/248' },
  { name: 'tasks', address: '/tasks' },
  { name: 'timeline', address: '/tasks?by=timeline' },
  { name: 'completion', address: '/tasks?by=map' },
  { name: 'reports', address: '/reports' },
  { name: 'calendar', address: '/calendar' },
  { name: 'wall', address: '/wall/default' },
];

mkdirSync(folder, { recursive: true });

for (const theme of ['light', 'dark'] as const) {
  for (const size of sizes) {
    for (const route of routes) {
      test(`${route.name} ${size.name} ${theme}`, async ({ page, dashboard }) => {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
        await page.goto(route.address);
        await dashboard.settled();
        await page.screenshot({
          path: `${folder}/${route.name}-${size.name}-${theme}.png`,
          fullPage: size.width === 390 && route.name !== 'wall',
        });
      });
    }
  }
}
