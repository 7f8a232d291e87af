import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inTurn, whenIdle } from './turns';

describe('turns', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('document', { hidden: false });
    vi.stubGlobal('requestAnimationFrame', (call: () => void) => setTimeout(call, 16));
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('come one after another, each behind a frame of its own', () => {
    const done: string[] = [];
    for (const name of ['map', 'panel', 'list']) inTurn(() => done.push(name));
    expect(done).toEqual([]);
    vi.advanceTimersByTime(17);
    expect(done).toEqual(['map']);
    vi.advanceTimersByTime(17);
    expect(done).toEqual(['map', 'panel']);
    vi.runAllTimers();
    expect(done).toEqual(['map', 'panel', 'list']);
  });

  it('come on a page nobody sees, which gets no frames', () => {
    vi.stubGlobal('document', { hidden: true });
    vi.stubGlobal('requestAnimationFrame', () => 0);
    const done: number[] = [];
    inTurn(() => done.push(1));
    inTurn(() => done.push(2));
    vi.runAllTimers();
    expect(done).toEqual([1, 2]);
  });

  it('do not come when they have been taken back', () => {
    const done: string[] = [];
    const first = inTurn(() => done.push('first'));
    const second = inTurn(() => done.push('second'));
    inTurn(() => done.push('third'));
    first();
    second();
    second();
    vi.runAllTimers();
    expect(done).toEqual(['third']);
  });

  it('go on behind one that failed', () => {
    const done: string[] = [];
    inTurn(() => {
      throw new Error('broken');
    });
    inTurn(() => done.push('next'));
    expect(() => vi.runAllTimers()).toThrow('broken');
    vi.runAllTimers();
    expect(done).toEqual(['next']);
  });

  it('let what goes first pass those that wait', () => {
    const done: string[] = [];
    inTurn(() => done.push('headline'));
    inTurn(() => done.push('panel'));
    inTurn(() => done.push('map'), { first: true });
    vi.runAllTimers();
    expect(done).toEqual(['headline', 'map', 'panel']);
  });

  it('wait for a quiet moment where the browser tells of one, and can be taken back', () => {
    const quiet: (() => void)[] = [];
    vi.stubGlobal('requestIdleCallback', (call: () => void) => quiet.push(call));
    vi.stubGlobal('cancelIdleCallback', (at: number) => (quiet[at - 1] = () => undefined));
    const done: string[] = [];
    whenIdle(() => done.push('rows'));
    const back = whenIdle(() => done.push('more rows'));
    back();
    vi.runAllTimers();
    expect(done).toEqual([]);
    quiet.forEach((call) => call());
    expect(done).toEqual(['rows']);
  });

  it('come in turn where no browser tells of a quiet moment', () => {
    const done: string[] = [];
    whenIdle(() => done.push('rows'));
    vi.runAllTimers();
    expect(done).toEqual(['rows']);
  });
});
