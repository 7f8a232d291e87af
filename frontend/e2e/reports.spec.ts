import type { Page } from '@playwright/test';
import { expect, test } from './driver';

interface Count {
  expected: number;
  in_time: number;
  late: number;
  missing: number;
  overdue: number;
  received: number;
}
interface Reports {
  total: Count;
  agencies: (Count & { agency: string; name: string })[];
  units: (Count & { unit: string; name: string })[];
}

/** What the API says of reports, for the page to be held against. */
async function reports(page: Page, query: string): Promise<Reports> {
  const answer = await page.request.get(`/api/v1/reports?${query}`);
  return ((await answer.json()) as { data: Reports }).data;
}

const inVietnamese = (n: number): string => n.toLocaleString('vi-VN');

test('a leader sees who has not reported, on the map and in the table', async ({
  dashboard,
  page,
}) => {
  await dashboard.open('/reports?colour=standing');
  const { total, units } = await reports(page, 'level=district');
  const totals = page.getByTestId('report-totals');
  await expect(totals.locator('[data-state=overdue] b')).toHaveText(inVietnamese(total.overdue));
  await expect(totals.locator('[data-state=in_time] b')).toHaveText(inVietnamese(total.in_time));
  await expect(page.getByText(/Hạn báo cáo \d\d\/\d\d\/\d{4}, đã qua \d+ ngày/)).toBeVisible();

  const worst = [...units].sort((a, b) => b.overdue - a.overdue || b.missing - a.missing)[0];
  const first = page.getByTestId('report-units').locator('tbody tr').first();
  await expect(first).toContainText(worst?.name ?? '');
  await expect(first).toContainText(`${worst?.received}/${worst?.expected}`);
  expect((await dashboard.classCounts()).slice(0, 4).reduce((a, b) => a + b)).toBe(units.length);

  await first.getByRole('link').focus();
  await expect(dashboard.tooltip).toContainText('Chưa báo cáo, quá hạn');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`unit=${worst?.unit}`));
  const communes = await reports(page, `level=commune&unit=${worst?.unit}`);
  await expect(page.getByTestId('report-units').locator('tbody tr')).toHaveCount(
    communes.units.length,
  );
});

test('agencies stand by what they owe, and one of them narrows the page', async ({ page }) => {
  await page.goto('/reports?by=agency');
  const table = page.getByTestId('report-agencies');
  const { agencies } = await reports(page, 'level=district');
  await expect(table.locator('tbody tr')).toHaveCount(agencies.length);
  const worst = [...agencies].sort((a, b) => b.overdue - a.overdue)[0];
  const first = table.locator('tbody tr').first();
  await expect(first).toContainText(worst?.name ?? '');
  await expect(first).toContainText(/\d+\/\d+ đơn vị đã đủ/);
  await first.getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`agency=${worst?.agency}`));
  await expect(page.getByTestId('report-totals').locator('li').first().locator('b')).toHaveText(
    inVietnamese(worst?.expected ?? 0),
  );
  await page.reload();
  await expect(page.getByTestId('report-agency')).toHaveValue(worst?.agency ?? '');
});

test('another period is looked at, and every measure says when it was due', async ({ page }) => {
  await page.goto('/reports?by=measure');
  await expect(page.getByTestId('report-measures')).toContainText('hạn 16/11/2022');
  await page.getByTestId('report-period').selectOption('s2022-10');
  await expect(page).toHaveURL(/period=s2022-10/);
  await expect(page.getByTestId('report-measures')).toContainText('hạn 16/10/2022');
  const { total } = await reports(page, 'period=s2022-10&level=district');
  await expect(page.getByTestId('report-totals').locator('li').first().locator('b')).toHaveText(
    inVietnamese(total.expected),
  );
});

test('the calendar of due days stands beside the round under way', async ({ page }) => {
  await page.goto('/reports?by=calendar');
  await expect(page.getByTestId('round')).toContainText('Kỳ báo cáo Tháng 11/2022');
  await expect(page.getByTestId('agenda')).toContainText('Chốt số liệu');
});

test('a period nobody can be asked for is said and taken out of the address', async ({ page }) => {
  await page.goto('/reports?period=2031-01&agency=nobody');
  await expect(page.getByTestId('stray')).toContainText('2031-01');
  await expect(page).not.toHaveURL(/period|agency/);
  await expect(page.getByTestId('report-totals')).toBeVisible();
});

test('when the question fails the page says why and asks again', async ({ page }) => {
  await page.route('**/api/v1/reports*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      json: { title: 'Kho số liệu bận', detail: 'Kho số liệu chưa trả lời.', status: 503 },
    }),
  );
  await page.goto('/reports');
  await expect(page.getByRole('alert')).toContainText('Kho số liệu bận');
  await page.unroute('**/api/v1/reports*');
  await page.getByRole('button', { name: 'Thử lại' }).click();
  await expect(page.getByTestId('report-totals')).toBeVisible();
});

test('the page of a unit says what it still owes', async ({ page }) => {
  const { units } = await reports(page, 'level=commune');
  const worst = [...units].sort((a, b) => b.missing - a.missing)[0];
  await page.goto(`/units/${worst?.unit}`);
  const section = page.getByTestId('unit-reports');
  await expect(section.locator('[data-state=overdue] b')).toHaveText(String(worst?.overdue));
  await expect(section).toContainText('Còn thiếu');
  await section.getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`/reports\\?.*unit=${worst?.unit}`));
});
