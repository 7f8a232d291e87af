import { Map as MapLibre } from 'maplibre-gl';
import type { BoundarySet, Catalog, RankingRow, Unit } from '../../src/api/types';
import { UnitMap } from '../../src/map/canvas';
import { breaksFor, paintOf, type Paint } from '../../src/map/classes';
import { sequential } from '../../src/map/palette';

/**
 * The page of the bench on recolouring: our map, and the bare choropleth anybody writes, on all communes of the country. What they
 * show are the months of one indicator in the communes there are figures of, over and over.
 */
export interface Recolouring {
  /** The share of units whose class changes from each month to the next. */
  changing: number[];
  units: number;
  /** Both show a month and tell when it is drawn; ours is not drawn again when nothing has changed. */
  ours: (month: number) => Promise<void>;
  bare: (month: number) => Promise<void>;
  /** Both draw once more what they show. */
  oursAgain: () => Promise<void>;
  bareAgain: () => Promise<void>;
}

const year = 2022;
const indicatorId = 'vneid_rate';

async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(`/api/v1/${path}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return ((await answer.json()) as { data: T }).data;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}

async function begin(id: string): Promise<Recolouring> {
  const sets = await ask<BoundarySet[]>('boundaries');
  const set = sets.find((one) => one.id === id);
  if (!set) throw new Error(`no set ${id}`);
  const [units, catalog] = await Promise.all([
    ask<Unit[]>(`units?boundaries=${id}&level=commune`),
    ask<Catalog>('catalog'),
  ]);
  const indicator = catalog.indicators.find((one) => one.id === indicatorId);
  if (!indicator) throw new Error(`no ${indicatorId}`);
  const months = await Promise.all(
    [...Array(11).keys()].map((i) =>
      ask<RankingRow[]>(
        `indicators/${indicatorId}/ranking?level=commune&within=${catalog.root}&period=${year}-${String(i + 1).padStart(2, '0')}`,
      ).then((rows) => rows.sort((a, b) => a.unit.localeCompare(b.unit))),
    ),
  );
  const breaks = breaksFor(indicator, months.at(-1) ?? []);
  const colours = sequential(breaks.length + 1, 'light');
  const paints = months.map(
    (rows) =>
      new Map<string, Paint>(
        units.map(({ code }, i) => {
          const row = rows[i % rows.length];
          return [code, row ? paintOf(row, breaks) : -1];
        }),
      ),
  );
  const changing = paints.slice(1).map((after, i) => {
    const before = paints[i] ?? new Map<string, Paint>();
    return [...after].filter(([code, paint]) => before.get(code) !== paint).length / units.length;
  });

  const ours = oursOf(set, units, colours);
  const bare = bareOf(set, breaks, colours);
  await Promise.all([ours.drawn, bare.drawn]);
  return {
    changing,
    units: units.length,
    ours: async (month) => {
      const drawn = nextDrawn(element('ours'));
      ours.map.paint(paints[month] ?? new Map<string, Paint>());
      await drawn;
    },
    oursAgain: async () => {
      const drawn = nextDrawn(element('ours'));
      ours.map.look(ours.map.camera);
      await drawn;
    },
    bareAgain: async () => {
      const drawn = idle(bare.map);
      bare.map.jumpTo({ center: bare.map.getCenter(), zoom: bare.map.getZoom() });
      await drawn;
    },
    bare: async (month) => {
      const drawn = idle(bare.map);
      const rows = months[month] ?? [];
      units.forEach(({ code }, i) => {
        const value = rows[i % rows.length]?.value ?? -1;
        bare.map.setFeatureState(
          { source: 'boundaries', sourceLayer: 'units', id: code },
          { value },
        );
      });
      await drawn;
    },
  };
}

/** When the map in an element stands still the next time; it says so again every time. */
function nextDrawn(container: HTMLElement): Promise<void> {
  return new Promise((done) => {
    const observer = new MutationObserver(() => {
      if (container.dataset.drawn !== 'true') return;
      observer.disconnect();
      done();
    });
    observer.observe(container, { attributeFilter: ['data-drawn'] });
  });
}

function oursOf(set: BoundarySet, units: readonly Unit[], classes: readonly string[]) {
  const container = element('ours');
  const drawn = nextDrawn(container);
  const plain = { land: '#dddddd', border: '#ffffff', borderStrong: '#333333', label: '#111111' };
  const map = new UnitMap(container, {
    boundaries: set,
    units,
    levels: set.levels.map((level) => level.id),
    level: 'commune',
    colours: {
      ...plain,
      ground: '#ffffff',
      halo: '#ffffff',
      pulse: '#ff0000',
      hatch: '#888888',
      note: '#000000',
      noteEdge: '#000000',
      bubble: '#0000ff',
      classes,
    },
    scale: 1,
    large: 1,
    taken: () => ({ left: 0, right: 0 }),
    interactive: true,
    cooperative: false,
    reducedMotion: true,
    texts: { title: '', twoFingers: '' },
    onHover: () => undefined,
    onPick: () => undefined,
    onColoured: () => undefined,
    onDrawn: (still) => (container.dataset.drawn = String(still)),
    onMove: () => undefined,
  });
  return { map, drawn };
}

function bareOf(set: BoundarySet, breaks: readonly number[], colours: readonly string[]) {
  const [west = 0, south = 0, east = 0, north = 0] = set.bounds;
  const steps = breaks.flatMap((bound, i) => [bound, colours[i + 1] ?? '']);
  const map = new MapLibre({
    container: element('bare'),
    attributionControl: false,
    fadeDuration: 0,
    bounds: [west, south, east, north],
    style: {
      version: 8,
      sources: {
        boundaries: {
          type: 'vector',
          tiles: [location.origin + set.tiles],
          minzoom: set.min_zoom,
          maxzoom: set.max_zoom,
          promoteId: { units: 'code' },
        },
      },
      layers: [
        {
          id: 'units',
          type: 'fill',
          source: 'boundaries',
          'source-layer': 'units',
          filter: ['==', ['get', 'level'], 'commune'],
          paint: {
            'fill-color': [
              'step',
              ['coalesce', ['feature-state', 'value'], -1],
              colours[0] ?? '',
              ...steps,
            ] as never,
          },
        },
        {
          id: 'borders',
          type: 'line',
          source: 'boundaries',
          'source-layer': 'borders',
          paint: { 'line-color': '#ffffff', 'line-width': 0.5 },
        },
      ],
    },
  });
  return { map, drawn: idle(map) };
}

function idle(map: MapLibre): Promise<void> {
  return new Promise((done) => void map.once('idle', () => done()));
}

Object.assign(window, { begin });
