import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Live, type Change } from './live.svelte';

/** The server's end of the stream, in the hands of the test. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static last: Stream;
  readyState = 1;
  constructor() {
    super();
    Stream.last = this;
  }
  close(): void {
    this.readyState = Stream.CLOSED;
  }
  say(name: string, data: object): void {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data) }));
  }
}

let heard: Change[];
let stop: () => void;

beforeEach(() => {
  vi.stubGlobal('EventSource', Stream);
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
  heard = [];
  const live = new Live();
  live.onChange((change) => heard.push(change));
  stop = live.start();
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

const evening = '2022-10-31T23:59:50.000+07:00';
const night = '2022-11-01T00:00:05.000+07:00';

describe('a new day of the programme', () => {
  it('puts everything in doubt, once', () => {
    Stream.last.say('hello', { catalog: 'c1', data_version: 7, now: evening });
    expect(heard).toEqual([]);
    Stream.last.say('tick', { now: night });
    Stream.last.say('tick', { now: '2022-11-01T00:00:20.000+07:00' });
    expect(heard).toMatchObject([{ renew: true, data_version: 7, indicators: ['*'], tasks: true }]);
  });

  it('is that of Vietnam, however the instant is written', () => {
    Stream.last.say('hello', { catalog: 'c1', data_version: 7, now: '2022-10-31T16:59:50.000Z' });
    Stream.last.say('tick', { now: '2022-10-31T17:00:05.000Z' });
    expect(heard).toHaveLength(1);
    Stream.last.say('tick', { now: '2022-11-01T16:59:00.000Z' });
    expect(heard).toHaveLength(1);
  });

  it('asks for what was last seen, not for what was there at the start', () => {
    Stream.last.say('hello', { catalog: 'c1', data_version: 7, now: evening });
    Stream.last.say('change', { data_version: 9, indicators: ['vneid_rate'] });
    Stream.last.say('tick', { now: night });
    expect(heard.at(-1)).toMatchObject({ renew: true, data_version: 9 });
  });
});

describe('a stream that came back', () => {
  it.each([
    ['with the same version', 7],
    ['with an older version', 3],
    ['with nothing at all', 0],
  ])('puts everything in doubt, by what the server has now: %s', (_, version) => {
    Stream.last.say('hello', { catalog: 'c1', data_version: 7, now: evening });
    Stream.last.say('hello', { catalog: 'c1', data_version: version, now: evening });
    expect(heard).toMatchObject([{ renew: true, data_version: version }]);
  });

  it('is noticed by a page that began without figures, too', () => {
    Stream.last.say('hello', { catalog: 'c1', data_version: 0, now: evening });
    Stream.last.say('hello', { catalog: 'c1', data_version: 0, now: evening });
    expect(heard).toHaveLength(1);
  });

  it('into a new day asks once', () => {
    Stream.last.say('hello', { catalog: 'c1', data_version: 7, now: evening });
    Stream.last.say('hello', { catalog: 'c1', data_version: 8, now: night });
    Stream.last.say('tick', { now: night });
    expect(heard).toHaveLength(1);
  });
});

describe('another catalogue', () => {
  it('loads the page anew, also when it came while the stream was down', () => {
    const reload = vi.fn();
    vi.stubGlobal('location', { reload });
    Stream.last.say('hello', { catalog: 'c1', data_version: 7, now: evening });
    Stream.last.say('hello', { catalog: 'c1', data_version: 8, now: evening });
    expect(reload).not.toHaveBeenCalled();
    Stream.last.say('hello', { catalog: 'c2', data_version: 8, now: evening });
    expect(reload).toHaveBeenCalledOnce();
  });
});
