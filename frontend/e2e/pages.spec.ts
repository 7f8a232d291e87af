import { expect, test } from './driver';

test('the page of a unit shows its indicators, people and tasks', async ({ page }) => {
  await page.goto('/units/248');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Huyện Tam Đảo');
  const row = page.getByTestId('indicator-vneid_rate');
  await expect(row.locator('.value')).toHaveText(/\d+,\d%/);
  await expect(page.getByRole('heading', { name: /Dân số ngày/ })).toBeVisible();
  await expect(page.getByTestId('tasks').locator('tbody tr').first()).toBeVisible();
});

test('tasks are listed by urgency and filtered by status, in the address', async ({ page }) => {
  await page.goto('/tasks');
  const rows = page.getByTestId('tasks').locator('tbody tr');
  await expect(rows).toHaveCount(10);
  await page.getByRole('link', { name: /Quá hạn/ }).click();
  await expect(page).toHaveURL(/status=overdue/);
  const late = await rows.count();
  expect(late).toBeLessThan(10);
  await page.reload();
  await expect(rows).toHaveCount(late);
});
