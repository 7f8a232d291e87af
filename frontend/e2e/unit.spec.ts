import { expect, test } from './driver';

test('the page of a unit says where its indicators are heading', async ({ page }) => {
  await page.goto('/units/248');
  const row = page.getByTestId('indicator-vneid_rate');
  await expect(row).toContainText(/dự kiến \d+,\d% trên mục tiêu 40,0% vào 31\/12\/2022/);
  await expect(row.locator('.ahead')).toHaveAttribute('d', /^M/);
});

test('the pyramid has the outline of the unit above', async ({ page }) => {
  await page.goto('/units/248');
  await expect(page.getByText('Đường viền: cơ cấu của Tỉnh Vĩnh Phúc')).toBeVisible();
  await expect(page.locator('.ghost').first()).toBeAttached();
  await page.goto('/units/26');
  await expect(page.getByRole('heading', { name: /Dân số ngày/ })).toBeVisible();
  await expect(page.locator('.ghost')).toHaveCount(0);
});

test('neighbours are a tap away, and what became of the unit is told', async ({ page }) => {
  await page.goto('/units/248');
  const relatives = page.getByTestId('relatives');
  await expect(relatives).toContainText('01/07/2025');
  await expect(relatives).toContainText(/Xã Đạo Trù \(một phần, \d+%\)/);
  await relatives.getByRole('link', { name: 'Huyện Tam Dương' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Huyện Tam Dương');
});

test('a commune stands among those of its size, by the indicator chosen', async ({ page }) => {
  await page.goto('/units/08707');
  const similar = page.getByTestId('similar');
  await expect(similar).toContainText(/Từ [\d.]+ đến [\d.]+ người/);
  await expect(similar).toContainText(/Hạng: \d+ trên \d+/);
  await similar.getByRole('combobox').selectOption('chip_card_rate');
  await expect(page).toHaveURL(/indicator=chip_card_rate/);
  await expect(similar.getByRole('combobox')).toHaveValue('chip_card_rate');
});

test('anything is found by a few letters, by keyboard alone', async ({ page }) => {
  await page.goto('/tasks');
  await expect(page.getByTestId('tasks')).toBeVisible();
  const search = page.getByTestId('search');
  const call = async (keys: string): Promise<void> => {
    await page.keyboard.press(keys);
    await expect(search.getByRole('combobox')).toBeFocused();
  };
  await call('/');
  await page.keyboard.type('tam duong');
  await expect(search.getByRole('option').first()).toContainText('Huyện Tam Dương');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Huyện Tam Dương');

  await call('Control+k');
  await page.keyboard.type('mot cua ba cap');
  await expect(search.getByRole('option').first()).toContainText('Nhiệm vụ');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/tasks\?task=/);

  await call('Control+k');
  await page.keyboard.type('qqqq');
  await expect(search).toContainText('Không tìm thấy');
  await page.keyboard.press('Escape');
  await expect(search).toHaveCount(0);
});

test('on a phone the rows of a unit have the width of the screen', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/units/08707');
  const row = page.getByTestId('indicator-vneid_rate');
  await expect(row.locator('.value')).toHaveText(/\d+,\d%/);
  const box = await row.boundingBox();
  expect(box?.width).toBeGreaterThan(340);
});
