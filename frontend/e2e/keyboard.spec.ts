import { expect, test } from './driver';

test('the first stop is the way past the navigation', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByTestId('ranking')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Đến nội dung chính' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('main')).toBeFocused();
});

test('the table points at the map and drills without a mouse', async ({ dashboard, page }) => {
  await dashboard.open('/?unit=248');
  await dashboard.pointAt('Bồ Lý');
  expect(await dashboard.valueInTooltip()).toBe(await dashboard.valueInTable('Bồ Lý'));
  await page.keyboard.press('Enter');
  await expect(dashboard.breadcrumbs).toContainText('Xã Bồ Lý');
});

test('the arrow keys move the period', async ({ dashboard, page }) => {
  await dashboard.open('/');
  await page.getByRole('slider', { name: 'Kỳ số liệu' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(dashboard.period).toContainText('Tháng 10/2022');
});

test('on the map arrow keys go from unit to unit with the tooltip, and Enter goes in', async ({
  dashboard,
  page,
}) => {
  await dashboard.open('/?level=district');
  await dashboard.map.getByRole('region', { name: 'Bản đồ' }).focus();
  await page.keyboard.press('ArrowRight');
  const first = (await dashboard.tooltip.locator('.name').innerText()).trim();
  await page.keyboard.press('ArrowUp');
  await expect(dashboard.tooltip.locator('.name')).not.toHaveText(first);
  const name = (await dashboard.tooltip.locator('.name').innerText()).trim();
  const short = name.replace(/^(Huyện|Thành phố) /, '');
  expect(await dashboard.valueInTooltip()).toBe(await dashboard.valueInTable(short));
  await page.keyboard.press('Enter');
  await expect(dashboard.breadcrumbs).toContainText(name);
  await expect(page.getByText(/^Xã thuộc/).first()).toBeVisible(); // its communes have come
  await page.keyboard.press('ArrowLeft');
  await expect(dashboard.tooltip).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dashboard.tooltip).toHaveCount(0);
});
