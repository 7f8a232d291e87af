import type { Map as MapLibre } from 'maplibre-gl';
import { differing, repaints, type Paint } from './classes';
import { patternLayers, visibility, type Extra } from './layers';
import type { Mark } from './scales';
import { boundaries, centres } from './sources';

/**
 * What the units of a map look like: class, mark, bubble, pointed at, selected. Everything may be said
 * before the map is ready; then `begin` says it to the map. Only units that differ are touched.
 */
export class Painting {
  readonly #map: MapLibre;
  readonly #levels: readonly string[];
  #ready = false;
  #level: string;
  #paints: ReadonlyMap<string, Paint> = new Map();
  #marks: ReadonlyMap<string, Mark> = new Map();
  #bubbles: ReadonlyMap<string, number> = new Map();
  /** The unit that has a state only one may have. */
  readonly #only = new Map<'hover' | 'selected', string>();
  /** What some unit has needed; it stays visible, for to show a layer is to lay out its tiles again. */
  readonly #needed = new Set<Extra>();
  /** The level and the extras that are visible. */
  #shown = '';

  constructor(map: MapLibre, levels: readonly string[], level: string) {
    this.#map = map;
    this.#levels = levels;
    this.#level = level;
  }

  get level(): string {
    return this.#level;
  }

  /** Whether anything is painted yet. */
  get empty(): boolean {
    return this.#paints.size === 0;
  }

  /** The style is there: all that was said so far is shown. */
  begin(): void {
    this.#ready = true;
    for (const [code, paint] of this.#paints) this.set(code, { paint });
    for (const [code, mark] of this.#marks) this.set(code, { mark });
    for (const [code, size] of this.#bubbles) this.#size(code, size);
    for (const [state, code] of this.#only) this.set(code, { [state]: true });
    this.#show();
  }

  paint(paints: ReadonlyMap<string, Paint>, marks: ReadonlyMap<string, Mark>): void {
    if (this.#ready) {
      for (const [code, paint] of repaints(this.#paints, paints)) this.set(code, { paint });
      for (const code of differing(this.#marks, marks)) {
        this.set(code, { mark: marks.get(code) ?? 0 });
      }
    }
    this.#paints = paints;
    this.#marks = marks;
    this.#show();
  }

  setBubbles(sizes: ReadonlyMap<string, number>): void {
    for (const code of differing(this.#bubbles, sizes)) this.#size(code, sizes.get(code) ?? 0);
    this.#bubbles = sizes;
    if (sizes.size > 0) this.need('bubble');
  }

  setLevel(level: string): void {
    if (level === this.#level) return;
    this.#level = level;
    this.#show();
  }

  /** Gives a state to one unit, and takes it from the one that had it. */
  setOnly(state: 'hover' | 'selected', code: string | null): void {
    const before = this.#only.get(state);
    if (code === (before ?? null)) return;
    if (before !== undefined) this.set(before, { [state]: false });
    if (code === null) {
      this.#only.delete(state);
      return;
    }
    this.#only.set(state, code);
    this.need(state);
    this.set(code, { [state]: true });
  }

  /** Says something of a unit to the map; before it is ready, nothing. */
  set(code: string, state: Record<string, unknown>): void {
    if (!this.#ready) return;
    this.#map.setFeatureState({ source: boundaries, sourceLayer: 'units', id: code }, state);
  }

  /** Shows what some unit has from now on. */
  need(extra: Extra): void {
    if (this.#needed.has(extra)) return;
    this.#needed.add(extra);
    this.#show();
  }

  #size(code: string, size: number): void {
    if (this.#ready) this.#map.setFeatureState({ source: centres, id: code }, { size });
  }

  #show(): void {
    if (!this.#ready) return;
    const has = {
      paint: new Set(this.#paints.values()),
      mark: new Set<number>(this.#marks.values()),
    };
    const needed = new Set(this.#needed);
    for (const { image, state, is } of patternLayers) if (has[state].has(is)) needed.add(image);
    const shown = [this.#level, ...needed].join(' ');
    if (shown === this.#shown) return;
    this.#shown = shown;
    for (const [id, visible] of visibility(this.#levels, this.#level, needed)) {
      const wanted = visible ? 'visible' : 'none';
      if (this.#map.getLayoutProperty(id, 'visibility') === wanted) continue;
      this.#map.setLayoutProperty(id, 'visibility', wanted);
    }
  }
}
