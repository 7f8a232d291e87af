import { expect, test } from './driver';

test('the page of a unit shows its indicators, people and tasks', async ({ page }) => {
  await page.goto('/units/248');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Huyện Tam Đảo');
  const row = page.getByTestId('indicator-vneid_rate');
  await expect(row.locator('.value')).toHaveText(/\d+,\d%/);
  await expect(page.getByRole('heading', { name: /Dân số ngày/ })).toBeVisible();
  await expect(page.getByTestId('tasks').locator('tbody tr').first()).toBeVisible();
});

test('an indicator is found by a word, and taken apart by its dimension', async ({ page }) => {
  await page.goto('/');
  await page.getByTestId('find-indicator').fill('ho so dich vu');
  await page.getByTestId('tile-service_dossiers').click();
  const parts = page.getByTestId('breakdown');
  await expect(parts).toContainText('Theo dịch vụ công thiết yếu');
  await parts.getByRole('button', { name: /Xem cả 25/ }).click();
  await expect(parts.locator('li')).toHaveCount(25);
});

test('figures of the whole province alone have no map, and say so', async ({ page }) => {
  await page.goto('/?indicator=connection_rate');
  await expect(page.getByText(/Số liệu của toàn bộ tỉnh Vĩnh Phúc/)).toBeVisible();
  await expect(page.getByTestId('map')).toHaveCount(0);
  await page.getByTestId('group-identity').click();
  await page.getByTestId('tile-card_reader_rate').click();
  await expect(page.getByTestId('ranking').locator('tbody tr')).toHaveCount(9);
});
