import { expect, test } from './driver';

test('a leader looks at the figures of 2022 on the communes of July 2025', async ({
  dashboard,
  page,
}) => {
  await dashboard.open('/?indicator=vneid_rate');
  await expect(dashboard.table.getByRole('row')).toHaveCount(137);
  await page.getByTestId('boundaries').selectOption('phutho-2025');
  await expect(page).toHaveURL(/boundaries=phutho-2025/);
  await expect(page.getByTestId('carried')).toContainText('phần chia tách là ước tính');
  await expect(dashboard.table.getByRole('row')).toHaveCount(37);
  // All lie in the whole: to say so beside each of them would say nothing.
  await expect(dashboard.table).not.toContainText('Vĩnh Phúc (cũ)');
  await expect(dashboard.map).toHaveAttribute('data-drawn', 'true');

  // The page says what the API says, and the link of a unit leads to it on the same map.
  const answer = await page.request.get(
    '/api/v1/indicators/vneid_rate/values?unit=08911&boundaries=phutho-2025',
  );
  const { data } = (await answer.json()) as { data: { value: number }[] };
  const shown = data[0]?.value.toFixed(1).replace('.', ',') ?? '';
  expect(await dashboard.valueInTable('Tam Đảo')).toContain(shown);
  await dashboard.visit('Tam Đảo');
  await expect(page).toHaveURL(/boundaries=phutho-2025/);
  await expect(dashboard.panel).toContainText('Tam Đảo');
  await page.reload();
  await expect(dashboard.panel).toContainText('Tam Đảo');

  await page.getByTestId('boundaries').selectOption('vinhphuc-2022');
  await expect(dashboard.table.getByRole('row')).toHaveCount(137);
  expect(new URL(page.url()).searchParams.get('boundaries')).toBeNull();
});

test('a boundary set there is not is said and left', async ({ dashboard, page }) => {
  await page.goto('/?boundaries=nowhere');
  await expect(page.getByTestId('stray')).toContainText('nowhere');
  await dashboard.drawn();
  await expect(dashboard.table.getByRole('row')).toHaveCount(137);
  expect(page.url()).not.toContain('nowhere');
});
