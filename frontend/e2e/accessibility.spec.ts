import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './driver';

const routes = ['/', '/?unit=248&level=district', '/units/248', '/tasks', '/wall/default'];

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
