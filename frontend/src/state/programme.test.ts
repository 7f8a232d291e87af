import { describe, expect, it } from 'vitest';
import type { BoundarySet, Catalog, Unit } from '../api/types';
import { Programme } from './programme.svelte';

const text = (vi: string): { vi: string; en: string } => ({ vi, en: vi });

function unit(code: string, level: string, parent: string | null): Unit {
  return {
    code,
    name: code,
    full_name: code,
    name_en: code,
    type: level,
    level,
    parent,
    centre: [105, 21],
    bounds: [104, 20, 106, 22],
    area_km2: 1,
    population_2009: null,
    population_2019: null,
    population_2025: null,
  };
}

/** A catalogue whose one indicator can be asked for these months, the last by default. */
function catalogOf(months: string[]): Catalog {
  const levels = ['province', 'district', 'commune'].map((id, rank) => ({
    id,
    rank,
    name: text(id),
  }));
  return {
    root: '26',
    levels,
    indicators: [
      {
        id: 'vneid_rate',
        period_kinds: ['month'],
        periods: months,
        default_period: months.at(-1),
      },
    ],
    measures: [],
    agencies: [],
  } as unknown as Catalog;
}

const units = (): Unit[] => [
  unit('26', 'province', null),
  unit('246', 'district', '26'),
  unit('247', 'district', '26'),
  unit('08700', 'commune', '246'),
  unit('08701', 'commune', '246'),
  unit('08710', 'commune', '247'),
  unit('08711', 'commune', '247'),
];
const map = (version: string): BoundarySet => ({ version }) as BoundarySet;

/** One province, two districts of two communes each: small enough to check by eye. */
function fourCommunes(): Programme {
  return new Programme(catalogOf(['2022-10']), units(), map('1'));
}

describe('a renewed programme', () => {
  it('knows the new period, and keeps the units it had', () => {
    const programme = fourCommunes();
    const root = programme.root;
    programme.renew(catalogOf(['2022-10', '2022-11']), units(), map('1'));
    expect(programme.indicator('vneid_rate')?.default_period).toBe('2022-11');
    expect(programme.root).toBe(root);
  });

  it('takes new units and another map when there are some', () => {
    const programme = fourCommunes();
    programme.renew(
      catalogOf(['2022-10']),
      [...units(), unit('08712', 'commune', '247')],
      map('2'),
    );
    expect(programme.children('247')).toHaveLength(3);
    expect(programme.boundaries.version).toBe('2');
  });
});

describe('a period in the address', () => {
  const programme = new Programme(catalogOf(['2022-10', '2022-11']), units(), map('a'));
  it.each(['2022-10', 's2022-11'])(
    'is asked for when an indicator knows it or its twin: %s',
    (id) => expect(programme.asked(id)).toBe(id),
  );
  it.each([undefined, '', 'soon', '2030-01', '2022-Q3'])('is left alone otherwise: %s', (id) =>
    expect(programme.asked(id)).toBeUndefined(),
  );
});

describe('drilling down', () => {
  const programme = fourCommunes();
  const from = (code: string, clicked: string): string | undefined => {
    const focus = programme.unit(code);
    return focus && programme.drill(focus, clicked)?.code;
  };

  it('goes one level at a time', () => {
    expect(from('26', '08700')).toBe('246');
    expect(from('246', '08700')).toBe('08700');
  });

  it('goes to a sibling, and to the neighbouring district from another one', () => {
    expect(from('08700', '08701')).toBe('08701');
    expect(from('08700', '08710')).toBe('247');
    expect(from('246', '247')).toBe('247');
  });

  it('stays where it is on a click on the focus itself', () => {
    expect(from('246', '246')).toBe('246');
  });
});

describe('the hierarchy', () => {
  const programme = fourCommunes();

  it('knows the path from the root', () => {
    expect(programme.path('08710').map((u) => u.code)).toEqual(['26', '247', '08710']);
    expect(programme.path('99')).toEqual([]);
  });

  it('frames a commune by its district, a district by itself', () => {
    expect(programme.frame(unit('08710', 'commune', '247')).code).toBe('247');
    expect(programme.frame(unit('247', 'district', '26')).code).toBe('247');
  });

  it('knows who lies in whom', () => {
    expect(programme.contains('247', '08711')).toBe(true);
    expect(programme.contains('246', '08711')).toBe(false);
    expect(programme.contains('26', '26')).toBe(true);
  });

  it('names units in the language of the reader', () => {
    const district = {
      ...unit('248', 'district', '26'),
      name: 'Tam Đảo',
      full_name: 'Huyện Tam Đảo',
    };
    expect(programme.fullName(district, 'vi')).toBe('Huyện Tam Đảo');
    expect(programme.fullName(district, 'en')).toBe('Tam Đảo district');
  });

  it('colours maps by every level below the root', () => {
    expect(programme.shownLevels.map((level) => level.id)).toEqual(['district', 'commune']);
    expect(programme.lowestLevel.id).toBe('commune');
  });
});
