import { describe, expect, it } from 'vitest';
import {
  ageOf,
  Broken,
  confirmedAt,
  isOld,
  nextScene,
  oldest,
  passedOver,
  sceneTime,
} from './rotation';

describe('the rotation', () => {
  it('goes round', () => {
    expect(nextScene(0, [true, true, true])).toBe(1);
    expect(nextScene(2, [true, true, true])).toBe(0);
  });
  it('skips scenes with nothing to show', () => {
    expect(nextScene(0, [true, false, true])).toBe(2);
  });
  it('goes on when nothing can be shown at all', () => {
    expect(nextScene(1, [false, false, false])).toBe(2);
  });
  it('stands still only on a single scene', () => {
    expect(nextScene(0, [true])).toBe(0);
    expect(nextScene(0, [])).toBe(0);
  });
});

it('gives scenes without a time a quarter of a minute', () => {
  expect(sceneTime(20)).toBe(20_000);
  expect(sceneTime(0)).toBe(15_000);
});

it('lets a broken scene rest, and tries it again', () => {
  const broken = new Broken();
  broken.mark(1, 1000);
  expect([0, 1].map((scene) => broken.is(scene, 2000))).toEqual([false, true]);
  expect(broken.is(1, 1000 + 5 * 60_000)).toBe(false);
});

describe('the age of what is shown', () => {
  it('is short while the stream lives, and grows once it is silent', () => {
    expect(confirmedAt({ receivedAt: 100, failed: false }, 900)).toBe(900);
    expect(confirmedAt({ receivedAt: 950, failed: false }, 900)).toBe(950);
  });
  it('goes by the answer itself when the server did not give it again', () => {
    expect(confirmedAt({ receivedAt: 100, failed: true }, 900)).toBe(100);
  });
  it('is unknown before the server answered, and that of the oldest tile for a scene', () => {
    expect(ageOf({ receivedAt: 0, failed: false }, 900, 1000)).toBeNull();
    expect(ageOf({ receivedAt: 100, failed: true }, 900, 1000)).toBe(900);
    expect(oldest([null, 5, 900])).toBe(900);
    expect(oldest([null])).toBeNull();
  });
  it('is called old after ten minutes', () => {
    expect([600_000, 600_001].map(isOld)).toEqual([false, true]);
  });
});

it('knows which scenes were passed over', () => {
  expect(passedOver(0, 1, 4)).toEqual([]);
  expect(passedOver(0, 3, 4)).toEqual([1, 2]);
  expect(passedOver(3, 1, 4)).toEqual([0]);
  expect(passedOver(0, 0, 1)).toEqual([]);
});
