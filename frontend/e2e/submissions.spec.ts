import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from './driver';

interface Submission {
  submission: string;
  agency: string;
  state: string;
  rejected: number;
}

/** What the API says was sent, for the page to be held against. */
async function sent(page: Page, query: string): Promise<Submission[]> {
  const answer = await page.request.get(`/api/v1/submissions?${query}`);
  return ((await answer.json()) as { data: Submission[] }).data;
}

/** A commune reports two figures: one good, one about a unit there is not. Gives the id of the submission. */
async function reportWithSlip(page: Page): Promise<string> {
  const catalog = await page.request.get('/api/v1/catalog');
  const { meta } = (await catalog.json()) as { meta: { now: string } };
  const date = meta.now.slice(0, 10);
  const row = { measure: 'vneid_activated', date, value: 900, dims: { sex: 'female' } };
  const answer = await page.request.post('/api/v1/ingest/observations?wait=queryable', {
    headers: { 'Content-Type': 'application/x-ndjson' },
    data: ['08920', '99999'].map((unit) => JSON.stringify({ ...row, unit })).join('\n') + '\n',
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  return ((await answer.json()) as { submission: string }).submission;
}

const rows = (page: Page) => page.getByTestId('submissions').locator('tbody tr[data-row]');

test('whoever has reported sees at once what was taken, what was refused and why', async ({
  page,
}) => {
  await page.goto('/reports?by=submissions');
  await expect(rows(page).first()).toBeVisible();
  const id = await reportWithSlip(page);
  // Nobody loads the page anew: what is sent comes to the top by itself.
  const row = page.locator(`tr[data-row="${id}"]`);
  await expect(row).toContainText('Nhận một phần');
  await expect(row).toContainText('nhận 1, từ chối 1');
  await expect(row).toContainText('Bồ Lý');
  await row.getByRole('button', { name: 'Lý do của 1 dòng' }).click();
  const why = page.getByTestId('rejections');
  await expect(why).toContainText('Dòng 2 · unit');
  const table = page.waitForEvent('download');
  await why.getByTestId('rejections-table').click();
  expect((await table).suggestedFilename()).toContain('.csv');
});

test('who sent, about what and how it ended narrows the list, and stands in the address', async ({
  page,
}) => {
  const id = await reportWithSlip(page);
  await page.goto('/reports');
  await page.getByRole('link', { name: 'Lượt gửi' }).click();
  await expect(page).toHaveURL(/by=submissions/);
  await page.getByTestId('submission-state').selectOption('partly');
  await expect(page).toHaveURL(/status=partly/);
  await expect(page.locator(`tr[data-row="${id}"]`)).toBeVisible();
  await expect(rows(page).and(page.locator(':not([data-state=partly])'))).toHaveCount(0);

  await page.goto('/reports?by=submissions');
  const [first] = await sent(page, 'limit=1');
  const agency = first?.agency ?? '';
  await page.getByTestId('submission-agency').selectOption(agency);
  await expect(page).toHaveURL(new RegExp(`agency=${agency}`));
  await page.reload();
  await expect(page.getByTestId('submission-agency')).toHaveValue(agency);
  await expect(rows(page).first()).toBeVisible();

  await page.goto('/reports?by=submissions&unit=08920&status=rejected&period=s2022-10');
  await expect(page.getByText('Không có lượt gửi nào khớp bộ lọc.')).toBeVisible();
  await page.getByRole('link', { name: 'Bỏ mọi bộ lọc' }).click();
  await expect(rows(page).first()).toBeVisible();
});

test('older submissions are read on, and none is left out or shown twice', async ({ page }) => {
  await page.goto('/reports?by=submissions');
  await expect(rows(page).nth(49)).toBeVisible();
  await page.getByRole('button', { name: 'Xem thêm' }).click();
  await expect(rows(page).nth(99)).toBeVisible();
  const shown = await rows(page).evaluateAll((all) =>
    all.map((row) => row.getAttribute('data-row') ?? ''),
  );
  expect(new Set(shown).size).toBe(shown.length);
  const told = (await sent(page, 'limit=150')).map(({ submission }) => submission);
  const from = told.indexOf(shown[0] ?? '');
  expect(told.slice(from, from + 100)).toEqual(shown.slice(0, 100));
});

test('who may not see them is told so, and a server that is busy is asked again', async ({
  page,
}) => {
  await page.route('**/api/v1/submissions*', (route) =>
    route.fulfill({
      status: 403,
      contentType: 'application/problem+json',
      json: { title: 'Không được phép', detail: 'Cần khoá của người trong cuộc.', status: 403 },
    }),
  );
  await page.goto('/reports?by=submissions');
  await expect(page.getByRole('alert')).toContainText('Cần khoá của người trong cuộc.');
  await page.unroute('**/api/v1/submissions*');
  await page.getByRole('button', { name: 'Thử lại' }).click();
  await expect(rows(page).first()).toBeVisible();
});

for (const [lang, width] of [
  ['vi', 1440],
  ['en', 390],
] as const) {
  test(`the list can be used by everybody, in ${lang} at ${width} px`, async ({ page }) => {
    await reportWithSlip(page);
    await page.setViewportSize({ width, height: 900 });
    await page.goto(`/reports?by=submissions&status=partly${lang === 'en' ? '&lang=en' : ''}`);
    await rows(page).first().getByRole('button').click();
    await expect(page.getByTestId('rejections-table')).toBeVisible();
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  });
}
