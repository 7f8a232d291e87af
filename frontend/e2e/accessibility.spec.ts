import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './driver';

const routes = [
  '/',
  '/?unit=248&level=district&list=obstacles&colour=target&beside=2022-06&lang=en',
  '/?list=week',
  '/?indicator=population_total&list=standing&explain=vneid_rate.248&lang=en',
  '/units/248',
  '/units/08707?lang=en',
  '/tasks',
  '/tasks?by=timeline&lang=en',
  '/tasks?by=map',
  '/reports',
  '/reports?by=agency&lang=en',
  '/reports?by=calendar',
  '/calendar',
  '/wall/default',
];

test('no page is wider than a phone', async ({ page, dashboard }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const route of [
    '/',
    '/?unit=248',
    '/units/248',
    '/tasks',
    '/tasks?by=timeline',
    '/tasks?by=map',
    '/reports',
    '/reports?by=agency',
    '/calendar',
  ]) {
    await page.goto(route);
    await dashboard.settled();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, route).toBe(390);
  }
});

/** What is smaller than this is missed by a thumb. */
const thumb = 40;

test('on a phone everything that can be tapped is as high as a thumb needs', async ({
  page,
  dashboard,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const route of [
    '/',
    '/?unit=248&list=obstacles&beside=2022-06',
    '/?list=week',
    '/?list=standing',
    '/units/248',
    '/units/08707',
    '/tasks',
    '/tasks?by=timeline&unit=248',
    '/tasks?by=map',
    '/reports',
    '/reports?by=agency',
    '/calendar',
  ]) {
    await page.goto(route);
    await dashboard.settled();
    const small = await page.evaluate((least) => {
      const targets = [...document.querySelectorAll('a, button, input, select, summary')];
      return targets
        .filter((target) => !target.matches('.skip') && target.getClientRects().length > 0)
        .map((target) => ({ target, height: target.getBoundingClientRect().height }))
        .filter(({ height }) => height > 0 && height < least - 0.5)
        .map(({ target, height }) => `${Math.round(height)} px: ${target.outerHTML}`);
    }, thumb);
    expect(small.join('\n'), route).toBe('');
  }
});

for (const theme of ['light', 'dark'] as const) {
  for (const route of routes) {
    test(`${route} in the ${theme} theme has no barrier axe can find`, async ({
      page,
      dashboard,
    }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.goto(route);
      await dashboard.settled();
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      const found = violations.map(
        (v) => `${v.impact} ${v.id}: ${v.nodes.map((n) => n.html).join('\n')}`,
      );
      expect(found.join('\n')).toBe('');
    });
  }
}
