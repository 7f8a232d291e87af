import { expect, test as base, type Locator, type Page } from '@playwright/test';

interface Row {
  unit: string;
  name: string;
  value: number | null;
  denominator: number | null;
}

interface Colour {
  red: number;
  green: number;
  blue: number;
}

/** The page in the words of those who use it. */
export class Dashboard {
  readonly map: Locator;
  readonly table: Locator;
  readonly tooltip: Locator;
  readonly panel: Locator;
  readonly breadcrumbs: Locator;
  readonly legend: Locator;
  readonly period: Locator;

  constructor(readonly page: Page) {
    this.map = page.getByTestId('map');
    this.table = page.getByTestId('ranking');
    this.tooltip = page.getByTestId('tooltip');
    this.panel = page.getByTestId('panel');
    this.breadcrumbs = page.getByTestId('breadcrumbs');
    this.legend = page.getByRole('region', { name: /Chú giải|Legend/ });
    this.period = page.getByTestId('period');
  }

  /** Opens an address and waits until the map is drawn. */
  async open(address: string): Promise<void> {
    await this.page.goto(address);
    await this.drawn();
  }

  async drawn(): Promise<void> {
    // On a phone the map comes to who scrolls to it.
    await this.page.getByTestId('map-place').or(this.map).first().scrollIntoViewIfNeeded();
    await expect(this.map).toHaveAttribute('data-drawn', 'true', { timeout: 30_000 });
  }

  /** Waits until nothing on the page is still loading, the map included where there is one. */
  async settled(): Promise<void> {
    await expect(this.page.getByTestId('demonstration')).toBeVisible();
    await expect(this.page.getByText(/^(Đang tải|Loading)/)).toHaveCount(0);
    for (const place of await this.page.getByTestId('map-place').all()) {
      await place.scrollIntoViewIfNeeded();
      const map = place.getByTestId('map');
      await expect(map).toHaveAttribute('data-drawn', 'true', { timeout: 30_000 });
    }
  }

  row(name: string): Locator {
    return this.table.getByRole('row').filter({
      has: this.page.getByRole('link', { name, exact: true }),
    });
  }

  /** Goes to a unit by its name in the table. */
  async visit(name: string): Promise<void> {
    await this.row(name).getByRole('link', { name, exact: true }).click();
  }

  /** The value a row of the table says. */
  async valueInTable(name: string): Promise<string> {
    return (await this.row(name).locator('.value .num').innerText()).trim();
  }

  /** Points at a unit by keyboard focus; the map answers with its tooltip. */
  async pointAt(name: string): Promise<void> {
    await this.row(name).getByRole('link', { name, exact: true }).focus();
    await expect(this.tooltip).toContainText(name);
  }

  async valueInTooltip(): Promise<string> {
    return (await this.tooltip.locator('.value').innerText()).trim();
  }

  /** A tile of the headline. */
  headline(id: string): Locator {
    return this.page.getByTestId(`headline-${id}`);
  }

  /** The number a tile of the headline says. */
  async headlineNumber(id: string): Promise<number> {
    const said = this.headline(id).locator('b');
    await expect(said).toHaveText(/\d/);
    return Number((await said.innerText()).replace('.', '').replace(',', '.').replace('%', ''));
  }

  /** Where a number comes from, once it has been asked. */
  get explanation(): Locator {
    return this.page.getByTestId('explanation');
  }

  async valueInPanel(): Promise<string> {
    return (await this.page.getByTestId('panel-value').innerText()).trim();
  }

  /** What the gauge of a unit of the panel says. */
  async gauge(name: string): Promise<string> {
    const meter = this.panel.getByRole('meter', { name });
    return (await meter.getAttribute('aria-valuetext')) ?? '';
  }

  /** Numbers of units in the classes of the legend, the class without data last. */
  async classCounts(): Promise<number[]> {
    const counts = await this.legend.locator('.count > [aria-hidden]').allInnerTexts();
    return counts.map(Number);
  }

  /** Colour of a class of the legend, 0 is the lowest. */
  async classColour(index: number): Promise<Colour> {
    const swatch = this.legend.locator('.swatch').nth(index);
    const css = await swatch.evaluate((element) => getComputedStyle(element).backgroundColor);
    const [red = 0, green = 0, blue = 0] = (css.match(/\d+/g) ?? []).map(Number);
    return { red, green, blue };
  }

  /** Clicks on the map in the middle of a unit of the table. */
  async clickOnMap(name: string): Promise<void> {
    await this.pointAt(name);
    const [x, y] = await this.anchor();
    await this.page.mouse.click(x, y);
  }

  /** Data version of what the map is painted with. */
  async paintedVersion(): Promise<number> {
    return Number(await this.map.getAttribute('data-version'));
  }

  /** Share of pixels around the pointed-at unit's middle that have the colour. */
  async painted(colour: Colour): Promise<number> {
    const [x, y] = await this.anchor();
    const clip = { x: x - 24, y: y - 24, width: 48, height: 48 };
    const png = (await this.page.screenshot({ clip, animations: 'allow' })).toString('base64');
    return this.page.evaluate(share, { png, colour });
  }

  /** Where the tooltip points, in pixels of the page. */
  async anchor(): Promise<[number, number]> {
    const box = await this.map.boundingBox();
    const at = await this.tooltip.evaluate((element) => [
      parseFloat((element as HTMLElement).style.left),
      parseFloat((element as HTMLElement).style.top),
    ]);
    return [(box?.x ?? 0) + (at[0] ?? 0), (box?.y ?? 0) + (at[1] ?? 0)];
  }
}

/** Share of the picture's pixels that have the colour, give or take a few steps. */
async function share({ png, colour }: { png: string; colour: Colour }): Promise<number> {
  // Not fetch(data:): the page's own security policy forbids it, rightly.
  const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
  if (!context) return 0;
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  let hits = 0;
  for (let i = 0; i < data.length; i += 4) {
    const off =
      Math.abs((data[i] ?? 0) - colour.red) +
      Math.abs((data[i + 1] ?? 0) - colour.green) +
      Math.abs((data[i + 2] ?? 0) - colour.blue);
    if (off < 12) hits++;
  }
  return hits / (data.length / 4);
}

/** The reporter's and the analyst's side: figures through the API. */
export class Figures {
  constructor(readonly page: Page) {}

  /** Today by the programme's clock. */
  async today(): Promise<string> {
    const answer = await this.page.request.get('/api/v1/catalog');
    const { meta } = (await answer.json()) as { meta: { now: string } };
    return meta.now.slice(0, 10);
  }

  /** Data version the server has now. */
  async version(): Promise<number> {
    const answer = await this.page.request.get('/api/v1/catalog');
    const { meta } = (await answer.json()) as { meta: { data_version: number } };
    return meta.data_version;
  }

  async value(indicator: string, unit: string): Promise<Row> {
    const answer = await this.page.request.get(
      `/api/v1/indicators/${indicator}/values?unit=${unit}`,
    );
    const { data } = (await answer.json()) as { data: Row[] };
    const row = data[0];
    if (!row) throw new Error(`no value of ${indicator} in ${unit}`);
    return row;
  }

  /**
   * Reports that so many per cent of those entitled in a unit have activated their account
   * today. Gives the data version from which it can be queried.
   */
  async correct(
    unit: string,
    percent: number,
    wait: 'queryable' | 'stored' = 'queryable',
  ): Promise<number> {
    const { denominator } = await this.value('vneid_rate', unit);
    const value = Math.round(((denominator ?? 0) * percent) / 200);
    const date = await this.today();
    const lines = ['male', 'female'].map((sex) =>
      JSON.stringify({ measure: 'vneid_activated', unit, date, value, dims: { sex } }),
    );
    const answer = await this.page.request.post(`/api/v1/ingest/observations?wait=${wait}`, {
      headers: { 'Content-Type': 'application/x-ndjson' },
      data: lines.join('\n') + '\n',
    });
    expect(answer.status(), await answer.text()).toBe(wait === 'queryable' ? 200 : 202);
    return ((await answer.json()) as { data_version: number }).data_version;
  }
}

/**
 * The programme's calendar in the hands of the test: it speaks on the event stream in the
 * server's place, and can keep the catalogue in a month gone by. Figures stay the server's.
 */
export class Calendar {
  private constructor(readonly page: Page) {}

  static async of(page: Page): Promise<Calendar> {
    await page.addInitScript(() => {
      class Spoken extends EventTarget {
        static readonly CLOSED = 2;
        readyState = 1;
        constructor() {
          super();
          Object.assign(window, { spoken: this });
        }
        close(): void {
          this.readyState = Spoken.CLOSED;
        }
      }
      Object.assign(window, { EventSource: Spoken });
    });
    return new Calendar(page);
  }

  /** The catalogue as it was before the month began. */
  async before(month: string): Promise<void> {
    await this.page.route('**/api/v1/catalog*', async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as {
        data: { indicators: { default_period: string; periods: string[] }[] };
      };
      for (const indicator of body.data.indicators) {
        indicator.periods = indicator.periods.filter((period) => period.replace('s', '') < month);
        indicator.default_period = indicator.periods.at(-1) ?? '';
      }
      await route.fulfill({ response: answer, json: body });
    });
  }

  /** The month begins, and with the next tick the page may know. */
  async begins(month: string, now: string): Promise<void> {
    await this.page.unroute('**/api/v1/catalog*');
    await this.before(`${month}x`);
    await this.ticks(now);
  }

  async ticks(now: string): Promise<void> {
    await this.say('tick', { now });
  }

  /** The server says hello, at this time and with this data version. */
  async itIs(now: string, version = 1): Promise<void> {
    await this.say('hello', { data_version: version, now });
  }

  private async say(name: string, data: object): Promise<void> {
    await this.page.waitForFunction(() => 'spoken' in window);
    await this.page.evaluate(
      ([event, text]) => {
        const { spoken } = window as unknown as { spoken: EventTarget };
        spoken.dispatchEvent(new MessageEvent(event, { data: text }));
      },
      [name, JSON.stringify(data)] as const,
    );
  }
}

export const test = base.extend<{ dashboard: Dashboard; figures: Figures; calendar: Calendar }>({
  dashboard: async ({ page }, use) => use(new Dashboard(page)),
  figures: async ({ page }, use) => use(new Figures(page)),
  calendar: async ({ page }, use) => {
    await use(await Calendar.of(page));
    // A catalogue that is asked for again while the test ends is nobody's failure.
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  },
});

export { expect };

/** How old what a wall shows is: a scene says it below, one of several tiles on each. */
export function age(page: Page): Locator {
  return page.getByTestId('age').or(page.getByTestId('tile-age')).first();
}
