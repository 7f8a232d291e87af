import { expect, test } from './driver';

interface Rate {
  data: { numerator: number; denominator: number; value: number; by_status: { overdue: number } }[];
}

test('the headline says how far the plan has come, as the completion of the province does', async ({
  dashboard,
  page,
}) => {
  await dashboard.open('/');
  const said = await dashboard.headlineNumber('completion');
  const answer = await page.request.get('/api/v1/completion?level=province');
  const { data } = (await answer.json()) as Rate;
  expect(said).toBeCloseTo(data[0]?.value ?? -1, 1);
  expect(await dashboard.headlineNumber('overdue')).toBe(data[0]?.by_status.overdue);
});

test('the headline leads to what stands behind each number', async ({ dashboard, page }) => {
  await dashboard.open('/');
  const behind = await dashboard.headlineNumber('indicators');
  await dashboard.headline('indicators').click();
  const standings = page.getByTestId('standings');
  await expect(standings.getByText('Chậm', { exact: true })).toHaveCount(behind);
  await expect(standings.locator('li').first()).toContainText('Chậm');

  const blocked = await dashboard.headlineNumber('obstacles');
  await dashboard.headline('obstacles').click();
  await expect(page.getByTestId('obstacles').locator('li')).toHaveCount(blocked);

  await dashboard.headline('overdue').click();
  await expect(page).toHaveURL(/\/tasks\?status=overdue/);
});

test('what changed in the past week is said, tasks and indicators', async ({ page }) => {
  await page.goto('/?list=week');
  const week = page.getByTestId('week');
  await expect(week).toContainText(/So với ngày \d{2}\/11\/2022/);
  await expect(week).toContainText(/thêm \d+ nghiệm thu/);
  await expect(week).toContainText(/[+−]\d+,\d điểm %/);
});

test('any number is one step from where it comes from', async ({ dashboard, page }) => {
  await dashboard.open('/?unit=248');
  const said = await dashboard.valueInTable('Bồ Lý');
  await dashboard.row('Bồ Lý').getByRole('link', { name: said }).click();
  const explanation = dashboard.explanation;
  await expect(explanation.getByTestId('explained-value')).toHaveText(said);
  await expect(explanation).toContainText('Xã Bồ Lý, Tháng 11/2022');
  for (const part of ['Cách tính', 'Tử số', 'Mẫu số', 'Độ phủ', 'Nguồn số liệu', 'Tính đến']) {
    await expect(explanation).toContainText(part);
  }
  await expect(explanation.getByRole('table').locator('tbody tr').first()).toContainText(
    'Xã Bồ Lý',
  );

  // Numerator by denominator is what it says.
  const numbers = await explanation.getByTestId('fraction').locator('b').allInnerTexts();
  const [numerator = 0, denominator = 1] = numbers.map((n) => Number(n.replace('.', '')));
  const rate = ((100 * numerator) / denominator).toFixed(1).replace('.', ',');
  expect(said).toBe(`${rate}%`);

  await page.reload();
  await expect(explanation).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(explanation).toHaveCount(0);
  expect(new URL(page.url()).search).toBe('?unit=248');
});

test('a corrected figure shows its revisions', async ({ dashboard, figures, page }) => {
  await figures.correct('08920', 31);
  await figures.correct('08920', 32);
  await page.goto('/units/08920?explain=vneid_rate.08920');
  const rows = dashboard.explanation.getByRole('table').locator('tbody tr');
  await expect(rows.first().locator('li')).not.toHaveCount(1);
  await expect(rows.first().locator('li')).not.toHaveCount(0);
});
