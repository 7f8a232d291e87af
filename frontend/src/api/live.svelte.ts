import { dayOf } from '../format/date';
import { steadyNow } from '../state/steady';
import type { ChangeEvent, HelloEvent, TickEvent } from './types';

/**
 * A change as the page hears it. `renew` puts everything in doubt, the catalogue too, and its data
 * version is what the server has now: less than was seen before when older data were restored.
 */
export type Change = ChangeEvent & { renew?: true };

/** How the page stands to the server's event stream. */
export type Connection = 'connecting' | 'live' | 'offline';

type Listener = (change: Change) => void;

/** After this long without a working stream the page says so. Shorter breaks are not worth a word. */
const offlineAfter = 4000;

/** The server speaks at least every 15 s; after three times that, the line is dead though nobody said so. */
const silenceAfter = 45_000;

/**
 * The server's events: what changed, and the programme time. One stream per page. EventSource
 * reconnects by itself after a clean break; not after an answer that is not 200 (a proxy's
 * 502), and it never notices a cable that was pulled: those two are our work.
 */
export class Live {
  connection = $state<Connection>('connecting');
  /** Programme time of the last event, ISO 8601. */
  now = $state<string | null>(null);
  /** When the server was last heard, milliseconds by the steady clock; 0 before the first time. */
  heardAt = $state(0);

  #source: EventSource | null = null;
  #listeners: Listener[] = [];
  #greeted: (() => void)[] = [];
  #offline: ReturnType<typeof setTimeout> | undefined;
  #reopen: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #seen: number | null = null;
  #day = '';
  #catalog = '';

  start(): () => void {
    const cut = (): void => this.#cut();
    const open = (): void => this.#open();
    addEventListener('offline', cut);
    addEventListener('online', open);
    this.#open();
    return () => {
      removeEventListener('offline', cut);
      removeEventListener('online', open);
      clearTimeout(this.#offline);
      clearTimeout(this.#reopen);
      clearTimeout(this.#silence);
      this.#source?.close();
    };
  }

  /** Calls the listener for every change; gives the function that ends it. */
  onChange(listener: Listener): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** Calls the listener after every connection; gives the function that ends it. */
  onHello(listener: () => void): () => void {
    this.#greeted = [...this.#greeted, listener];
    return () => {
      this.#greeted = this.#greeted.filter((other) => other !== listener);
    };
  }

  #open(): void {
    clearTimeout(this.#reopen);
    this.#source?.close();
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    const hear = <T>(name: string, take: (data: T) => void): void =>
      source.addEventListener(name, (event: MessageEvent<string>) => {
        this.#heard();
        take(JSON.parse(event.data) as T);
      });
    hear<HelloEvent>('hello', (hello) => this.#hello(hello));
    hear<HelloEvent>('reset', (hello) => this.#renew(hello.data_version));
    hear<TickEvent>('tick', (tick) => this.#tick(tick));
    hear<ChangeEvent>('change', (change) => this.#change(change));
    source.addEventListener('error', () => this.#lost(source));
  }

  #heard(): void {
    this.heardAt = steadyNow();
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#cut(), silenceAfter);
  }

  /** The line is known to be dead: say so, and try until it lives again. */
  #cut(): void {
    clearTimeout(this.#silence);
    this.#source?.close();
    this.connection = 'offline';
    this.#tryAgain();
  }

  #tryAgain(): void {
    clearTimeout(this.#reopen);
    this.#reopen = setTimeout(() => this.#open(), offlineAfter);
  }

  #hello(hello: HelloEvent): void {
    // Names, indicators and tasks were read with the page: other ones need it anew.
    if (this.#catalog !== '' && hello.catalog !== this.#catalog) {
      location.reload();
      return;
    }
    this.#catalog = hello.catalog;
    clearTimeout(this.#offline);
    this.connection = 'live';
    const first = this.#seen === null;
    this.#seen = hello.data_version;
    this.#isNow(hello.now);
    for (const greet of this.#greeted) greet();
    // What happened while the stream was down is not replayed: everything may have changed.
    if (!first) this.#renew(hello.data_version);
  }

  #tick(tick: TickEvent): void {
    if (this.#isNow(tick.now)) this.#renew(this.#seen ?? 0);
  }

  /**
   * Takes programme time; true when another day has begun by it. Periods, targets and deadlines
   * go by the day, so that answers grow old then though no figure has changed.
   */
  #isNow(now: string): boolean {
    const before = this.#day;
    this.now = now;
    this.#day = dayOf(now);
    return before !== '' && before !== this.#day;
  }

  #renew(version: number): void {
    this.#tell(everything(version));
  }

  #change(change: ChangeEvent): void {
    this.#seen = change.data_version;
    this.#tell(change);
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  #lost(source: EventSource): void {
    if (this.connection === 'live') {
      this.connection = 'connecting';
      this.#offline = setTimeout(() => (this.connection = 'offline'), offlineAfter);
    } else if (this.connection === 'connecting') {
      this.connection = 'offline';
    }
    if (source.readyState === EventSource.CLOSED) this.#tryAgain();
  }
}

/** A change that concerns every question on the page: "*" stands for all indicators. */
function everything(version: number): Change {
  return {
    renew: true,
    data_version: version,
    indicators: ['*'],
    measures: [],
    units: [],
    from: null,
    to: null,
    tasks: true,
    submissions: true,
  };
}

/** Whether a change can alter answers about the indicator. */
export function concerns(change: ChangeEvent, indicator: string): boolean {
  return change.indicators.includes(indicator) || change.indicators.includes('*');
}

export const live = new Live();
