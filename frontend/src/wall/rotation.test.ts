import { describe, expect, it } from 'vitest';
import { nextScene, sceneTime } from './rotation';

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
