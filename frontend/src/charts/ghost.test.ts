import { expect, it } from 'vitest';
import { ghostBands } from './ghost';

type Band = Parameters<typeof ghostBands>[0]['bands'][number];
const band = (from: number, male: number | null, female: number | null): Band => ({
  from,
  to: null,
  male,
  female,
  suppressed: male === null,
});

it('has the make-up of the larger and as many people as the smaller', () => {
  const own = { bands: [band(0, 10, 10), band(50, 20, 10)] };
  const parent = { bands: [band(0, 300, 100), band(50, 400, 200)] };
  const ghost = ghostBands(own, parent);
  expect(ghost).toEqual([
    { from: 0, male: 15, female: 5 },
    { from: 50, male: 20, female: 10 },
  ]);
  expect(ghost.reduce((n, { male, female }) => n + male + female, 0)).toBe(50);
});

it('leaves a hidden band out on both sides', () => {
  const own = { bands: [band(0, 10, 10), band(50, 20, 10), band(95, 1, 1)] };
  const parent = { bands: [band(0, 300, 100), band(50, 400, 200), band(95, null, 7)] };
  const ghost = ghostBands(own, parent);
  expect(ghost.map(({ from }) => from)).toEqual([0, 50]);
  expect(ghost.reduce((n, { male, female }) => n + male + female, 0)).toBe(50);
});

it('is none where most is hidden or the bands are cut differently', () => {
  const own = { bands: [band(0, 10, 10)] };
  expect(ghostBands(own, { bands: [band(0, null, 3)] })).toEqual([]);
  expect(ghostBands({ bands: [band(0, null, 3)] }, own)).toEqual([]);
  expect(ghostBands(own, { bands: [band(5, 1, 1)] })).toEqual([]);
  expect(ghostBands({ bands: [] }, { bands: [] })).toEqual([]);
});
