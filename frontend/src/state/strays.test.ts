import { expect, it } from 'vitest';
import type { Indicator, Level, Unit } from '../api/types';
import { strays } from './strays';
import { parsePlace } from './url';

const indicator = {
  id: 'vneid_rate',
  periods: ['2021-01', '2022-11'],
  period_kinds: ['month'],
} as unknown as Indicator;

const programme = {
  indicator: (id: string | undefined) => (id === indicator.id ? indicator : undefined),
  unit: (code: string | undefined) => (code === '248' ? ({} as Unit) : undefined),
  shownLevels: [{ id: 'district' }] as Level[],
  agency: (id: string) => (id === 'cat' ? {} : undefined),
  catalog: { indicators: [indicator], calendar: {}, task_groups: [{ id: 'B.I' }] },
  boundaries: { id: 'now' },
  sets: [
    { id: 'now', in_use: true },
    { id: 'later', in_use: false },
  ],
} as unknown as Parameters<typeof strays>[1];

function found(address: string): string[] {
  const url = new URL(address, 'http://127.0.0.1');
  return strays(parsePlace(url.pathname, url.search), programme).map(
    ({ key, value }) => `${key}=${value}`,
  );
}

it.each([
  ['/', []],
  ['/?indicator=vneid_rate&unit=248&period=2022-03&level=district', []],
  ['/?indicator=nope&period=zz', ['indicator=nope', 'period=zz']],
  ['/?unit=99999', ['unit=99999']],
  ['/?period=2030-01', ['period=2030-01']],
  ['/?level=hamlet', ['level=hamlet']],
  ['/?list=week&explain=vneid_rate.248.2022-10', []],
  ['/?colour=status&beside=2022-03', []],
  ['/?colour=red&beside=nope', ['colour=red', 'beside=nope']],
  ['/?list=everything', ['list=everything']],
  ['/?boundaries=now', []],
  ['/?boundaries=nowhere&unit=99999', ['boundaries=nowhere', 'unit=99999']],
  ['/?boundaries=later&unit=99999', []], // its units have not come yet
  ['/units/248?explain=nope.248', ['explain=nope.248']],
  ['/tasks', []],
  ['/tasks?status=overdue', []],
  ['/tasks?status=late', ['status=late']],
  ['/tasks?group=B.I&agency=cat&by=timeline', []],
  ['/tasks?group=B.9&agency=nobody&by=name', ['group=B.9', 'agency=nobody', 'by=name']],
  ['/reports?period=2022-11&agency=cat&unit=248&by=agency', []],
  ['/reports?period=2031-01&agency=x&by=z', ['period=2031-01', 'agency=x', 'by=z']],
])('in %s: %j', (address, said) => {
  expect(found(address)).toEqual(said);
});
