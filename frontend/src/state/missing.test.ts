import { describe, expect, it } from 'vitest';
import { mayReload } from './missing';

function storage(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
}

describe('a page with a missing part', () => {
  it('loads itself anew, but does not turn in circles', () => {
    const kept = storage();
    expect(mayReload(kept, 1000)).toBe(true);
    expect(mayReload(kept, 2000)).toBe(false);
    expect(mayReload(kept, 61_000)).toBe(true);
  });

  it('is not held up by a clock that was set back', () => {
    const kept = storage();
    expect(mayReload(kept, 1_000_000)).toBe(true);
    expect(mayReload(kept, 10)).toBe(true);
  });
});
