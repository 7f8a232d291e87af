import type { ChangeEvent, HelloEvent, TickEvent } from './types';

/** How the page stands to the server's event stream. */
export type Connection = 'connecting' | 'live' | 'offline';

type Listener = (change: ChangeEvent) => void;

/** After this long without a working stream the page says so. Shorter breaks are not worth a word. */
const offlineAfter = 4000;

/**
 * The server's events: what changed, and the programme time. One stream per page. EventSource
 * reconnects by itself, except after an answer that is not 200 (a proxy's 502): then we do.
 */
export class Live {
  connection = $state<Connection>('connecting');
  /** Programme time of the last event, ISO 8601. */
  now = $state<string | null>(null);

  #source: EventSource | null = null;
  #listeners: Listener[] = [];
  #offline: ReturnType<typeof setTimeout> | undefined;
  #reopen: ReturnType<typeof setTimeout> | undefined;
  #seen = 0;

  start(): () => void {
    this.#open();
    return () => {
      clearTimeout(this.#offline);
      clearTimeout(this.#reopen);
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

  #open(): void {
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    source.addEventListener('hello', (e) => this.#hello(JSON.parse(e.data) as HelloEvent));
    source.addEventListener('tick', (e) => (this.now = (JSON.parse(e.data) as TickEvent).now));
    source.addEventListener('change', (e) => this.#change(JSON.parse(e.data) as ChangeEvent));
    source.addEventListener('reset', (e) => this.#reset(JSON.parse(e.data) as HelloEvent));
    source.addEventListener('error', () => this.#lost(source));
  }

  #hello(hello: HelloEvent): void {
    clearTimeout(this.#offline);
    this.connection = 'live';
    this.now = hello.now;
    // What happened while the stream was down is not replayed: everything may have changed.
    if (this.#seen > 0) this.#reset(hello);
    this.#seen = hello.data_version;
  }

  #reset(hello: HelloEvent): void {
    this.#tell(everything(hello.data_version));
  }

  #change(change: ChangeEvent): void {
    this.#seen = change.data_version;
    this.#tell(change);
  }

  #tell(change: ChangeEvent): void {
    for (const listener of this.#listeners) listener(change);
  }

  #lost(source: EventSource): void {
    if (this.connection === 'live') {
      this.connection = 'connecting';
      this.#offline = setTimeout(() => (this.connection = 'offline'), offlineAfter);
    } else if (this.connection === 'connecting') {
      this.connection = 'offline';
    }
    if (source.readyState === EventSource.CLOSED) {
      clearTimeout(this.#reopen);
      this.#reopen = setTimeout(() => this.#open(), offlineAfter);
    }
  }
}

/** A change that concerns every question on the page: "*" stands for all indicators. */
function everything(version: number): ChangeEvent {
  return {
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
