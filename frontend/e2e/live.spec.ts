import { expect, test } from './driver';

const commune = { code: '08920', name: 'Bồ Lý' };

test('a corrected figure repaints its commune without reload, and stands everywhere the same', async ({
  dashboard,
  figures,
  page,
}) => {
  await dashboard.open('/?unit=248');
  await dashboard.pointAt(commune.name);
  await dashboard.drawn(); // the flight to the district has ended

  const before = await figures.value('vneid_rate', commune.code);
  const high = (before.value ?? 0) < 50;
  const classes = await dashboard.classCounts();
  const colour = await dashboard.classColour(high ? classes.length - 2 : 0);
  const address = page.url();

  const version = await figures.correct(commune.code, high ? 95 : 5);
  // How long it took is told, not judged: a busy machine that draws in software proves nothing.
  const acknowledged = Date.now();
  await expect
    .poll(() => dashboard.paintedVersion(), { intervals: [50] })
    .toBeGreaterThanOrEqual(version);
  console.log(`      repainted ${String(Date.now() - acknowledged)} ms after the acknowledgement`);
  await expect.poll(() => dashboard.painted(colour)).toBeGreaterThan(0.3);
  expect(page.url()).toBe(address);

  // The demonstration goes on reporting, so the four are compared until they agree.
  await expect
    .poll(async () => {
      const { value } = await figures.value('vneid_rate', commune.code);
      const said = `${(value ?? NaN).toFixed(1).replace('.', ',')}%`;
      const table = await dashboard.valueInTable(commune.name);
      const tooltip = await dashboard.valueInTooltip();
      return [table, tooltip].every((other) => other === said) ? 'agree' : { said, table, tooltip };
    })
    .toBe('agree');

  await dashboard.visit(commune.name);
  await expect(dashboard.panel.getByRole('heading')).toContainText(commune.name);
  await expect
    .poll(
      async () => (await dashboard.valueInPanel()) === (await dashboard.valueInTable(commune.name)),
    )
    .toBe(true);
});

test("the district's gauge moves with its commune", async ({ dashboard, figures }) => {
  await dashboard.open('/?unit=248');
  const before = await dashboard.gauge('Tam Đảo');
  const { value } = await figures.value('vneid_rate', commune.code);
  await figures.correct(commune.code, (value ?? 0) < 50 ? 90 : 10);
  await expect.poll(() => dashboard.gauge('Tam Đảo'), { intervals: [50] }).not.toBe(before);
});

test('a lost connection is said, the figures stay, and it comes back by itself', async ({
  dashboard,
  page,
  context,
}) => {
  await dashboard.open('/');
  await expect(page.getByTestId('connection')).toHaveText('Trực tiếp');
  const value = await dashboard.valueInPanel();
  await context.setOffline(true);
  await expect(page.getByTestId('connection')).toHaveText('Mất kết nối', { timeout: 20_000 });
  expect(await dashboard.valueInPanel()).toBe(value);
  await context.setOffline(false);
  await expect(page.getByTestId('connection')).toHaveText('Trực tiếp', { timeout: 20_000 });
});
