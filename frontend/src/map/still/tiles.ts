import { readTile, type Tile } from './tile';
import type { TileAddress } from './view';

/** A tile that did not come is asked for again after this long, milliseconds: a wall has nobody to do it. */
const again = 5000;

/** The tiles of one boundary set, each fetched once. */
export class Tiles {
  readonly #address: string;
  readonly #come: () => void;
  readonly #tiles = new Map<string, Tile | null>();
  readonly #abort = new AbortController();
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** The address has {z}, {x} and {y} in it; `come` is called when a tile has come. */
  constructor(address: string, come: () => void) {
    this.#address = address;
    this.#come = come;
  }

  /** Those of the tiles that are here; the others are on their way then. */
  get(wanted: readonly TileAddress[]): Tile[] {
    return wanted.flatMap((address) => {
      const key = `${address.z}/${address.x}/${address.y}`;
      const tile = this.#tiles.get(key);
      if (tile === undefined) void this.#fetch(key, address);
      return tile ?? [];
    });
  }

  stop(): void {
    this.#abort.abort();
    clearTimeout(this.#retry);
  }

  async #fetch(key: string, address: TileAddress): Promise<void> {
    this.#tiles.set(key, null);
    const { z, x, y } = address;
    const path = this.#address
      .replace('{z}', String(z))
      .replace('{x}', String(x))
      .replace('{y}', String(y));
    try {
      const answer = await fetch(path, { signal: this.#abort.signal });
      if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
      // An empty tile may have no content at all.
      this.#tiles.set(key, readTile(await answer.arrayBuffer(), address));
      this.#come();
    } catch (cause) {
      if (this.#abort.signal.aborted) return;
      console.warn('tile did not come', cause);
      this.#tiles.delete(key);
      clearTimeout(this.#retry);
      this.#retry = setTimeout(this.#come, again);
    }
  }
}
