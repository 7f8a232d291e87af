import { Map as MapLibre, prewarm, setWorkerUrl, type MapMouseEvent } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Unit } from '../api/types';
import type { Camera, Moving } from './cameras';
import { differing, repaints, type Paint } from './classes';
import { bubbleRadius, type Mark } from './scales';
import { fontFaces } from './fonts';
import { addPatterns } from './images';
import {
  centres,
  labelFilter,
  labelZooms,
  patternLayers,
  styleLayers,
  visibility,
  type Extra,
  type MapColours,
} from './layers';
import type { UnitMapOptions, ScreenPoint } from './options';
import { Pulses } from './pulse';
import { middles } from './middles';

setWorkerUrl(workerUrl);
prewarm(); // the workers come while the figures are asked

type PaintName = Parameters<MapLibre['setPaintProperty']>[1];
type PaintValue = Parameters<MapLibre['setPaintProperty']>[2];

/**
 * The map of units. It owns the camera and what is painted; callers say which level, which
 * paints, which unit is hovered or selected and which area to look at. Everything may be
 * said before the map is ready. Destroy it when its element goes.
 */
export class UnitMap implements Moving {
  readonly #map: MapLibre;
  readonly #options: UnitMapOptions;
  #ready = false;
  #level: string;
  #colours: MapColours;
  #paints: ReadonlyMap<string, Paint> = new Map();
  #marks: ReadonlyMap<string, Mark> = new Map();
  #bubbles: ReadonlyMap<string, number> = new Map();
  #hovered: string | null = null;
  #selected: string | null = null;
  #frame: Unit | null = null;
  #members: readonly string[] | null = null;
  readonly #pulses = new Pulses(
    (code, pulse) => this.#state(code, { pulse }),
    () => this.#options.reducedMotion,
  );
  /** What some unit has needed; it stays visible, for to show a layer is to lay out its tiles again. */
  readonly #needed = new Set<Extra>();
  /** The level and the extras that are visible. */
  #shown = '';
  readonly #resized = new ResizeObserver(() => this.fit(0));

  constructor(container: HTMLElement, options: UnitMapOptions) {
    this.#options = options;
    this.#level = options.level;
    this.#colours = options.colours;
    const { boundaries, interactive } = options;
    const [west = 0, south = 0, east = 0, north = 0] = boundaries.bounds;
    const reach = [(east - west) * 0.8, (north - south) * 0.8] as const;
    this.#map = new MapLibre({
      container,
      interactive,
      attributionControl: false,
      renderWorldCopies: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      cooperativeGestures: options.cooperative,
      fadeDuration: options.reducedMotion ? 0 : 150,
      maxZoom: boundaries.max_zoom + 1,
      maxBounds: [west - reach[0], south - reach[1], east + reach[0], north + reach[1]],
      bounds: [west, south, east, north],
      fitBoundsOptions: { padding: this.#padding(container) },
      locale: {
        'Map.Title': options.texts.title,
        'CooperativeGesturesHandler.MobileHelpText': options.texts.twoFingers,
      },
      style: {
        version: 8,
        'font-faces': fontFaces,
        sources: {
          boundaries: {
            type: 'vector',
            tiles: [location.origin + boundaries.tiles],
            minzoom: boundaries.min_zoom,
            maxzoom: boundaries.max_zoom,
            bounds: [west, south, east, north],
            promoteId: { units: 'code', labels: 'code' },
          },
          [centres]: { type: 'geojson', data: middles(options.units), promoteId: 'code' },
        },
        layers: this.#layers(options.level, options.colours),
      },
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    this.#map.once('style.load', () => this.#start());
    if (interactive) this.#listen();
  }

  destroy(): void {
    this.#pulses.stop();
    this.#resized.disconnect();
    this.#map.remove();
  }

  /** Paints units and marks them; only those that differ from what is painted are touched. */
  paint(paints: ReadonlyMap<string, Paint>, marks: ReadonlyMap<string, Mark> = new Map()): void {
    if (this.#ready) {
      for (const [code, paint] of repaints(this.#paints, paints)) this.#state(code, { paint });
      for (const code of differing(this.#marks, marks)) {
        this.#state(code, { mark: marks.get(code) ?? 0 });
      }
    }
    this.#paints = paints;
    this.#marks = marks;
    if (this.#ready) this.#showLevel();
  }

  /** Draws bubbles: radius by unit as a share of the largest; none for an empty map. */
  setBubbles(sizes: ReadonlyMap<string, number>): void {
    if (this.#ready) {
      for (const id of differing(this.#bubbles, sizes)) {
        this.#map.setFeatureState({ source: centres, id }, { size: sizes.get(id) ?? 0 });
      }
    }
    this.#bubbles = sizes;
    if (sizes.size > 0) this.#need('bubble');
  }

  /** Makes units glow for a moment: their value has just changed. */
  pulse(codes: readonly string[]): void {
    if (codes.length === 0) return;
    this.#need('pulse');
    this.#pulses.begin(codes);
  }

  setLevel(level: string): void {
    if (level === this.#level) return;
    this.#level = level;
    if (this.#ready) this.#showLevel();
  }

  /** Other colours: another theme, or another number of classes. */
  setColours(colours: MapColours): void {
    this.#colours = colours;
    if (!this.#ready) return;
    for (const layer of this.#layers(this.#level, colours)) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) {
        this.#map.setPaintProperty(layer.id, name as PaintName, value as PaintValue);
      }
    }
    addPatterns(this.#map, this.#colours, this.#options.scale);
  }

  setHovered(code: string | null): void {
    if (code === this.#hovered) return;
    if (this.#hovered !== null) this.#state(this.#hovered, { hover: false });
    this.#hovered = code;
    if (code === null) return;
    this.#need('hover');
    this.#state(code, { hover: true });
  }

  setSelected(code: string | null): void {
    if (code === this.#selected) return;
    if (this.#selected !== null) this.#state(this.#selected, { selected: false });
    this.#selected = code;
    if (code === null) return;
    this.#need('selected');
    this.#state(code, { selected: true });
  }

  /** Looks at an area with these units in it; what lies outside steps back. Null members: the whole. */
  setFrame(frame: Unit, members: readonly string[] | null): void {
    const first = this.#frame === null;
    this.#frame = frame;
    this.#members = members;
    if (this.#ready) {
      this.#showFrame();
      this.fit(first ? 0 : 900);
    }
  }

  /** Brings the framed area into view again. */
  fit(duration = 700): void {
    if (!this.#frame) return;
    const [west = 0, south = 0, east = 0, north = 0] = this.#frame.bounds;
    this.#map.fitBounds([west, south, east, north], {
      padding: this.#padding(this.#map.getContainer()),
      duration: this.#options.reducedMotion ? 0 : duration,
      easing: (t) => 1 - (1 - t) ** 3,
    });
  }

  zoom(by: number): void {
    this.#map.zoomTo(this.#map.getZoom() + by, {
      duration: this.#options.reducedMotion ? 0 : 250,
    });
  }

  get camera(): Camera {
    return { centre: this.#map.getCenter(), zoom: this.#map.getZoom() };
  }

  /** Tells of every move, its own flights too; gives the function that ends it. */
  onCamera(listener: () => void): () => void {
    const { unsubscribe } = this.#map.on('move', listener);
    return unsubscribe;
  }

  /** Looks there at once. */
  look({ centre, zoom }: Camera): void {
    this.#map.jumpTo({ center: centre, zoom });
  }

  /** What is drawn now, copied: the picture on the screen is gone once it has been shown. */
  snapshot(): Promise<HTMLCanvasElement> {
    return new Promise((done) => {
      void this.#map.once('render', () => {
        const drawn = this.#map.getCanvas();
        const copy = document.createElement('canvas');
        copy.width = drawn.width;
        copy.height = drawn.height;
        copy.getContext('2d')?.drawImage(drawn, 0, 0);
        done(copy);
      });
      this.#map.triggerRepaint();
    });
  }

  /** Where a place is on the element. */
  at(unit: Unit): ScreenPoint {
    const [lon = 0, lat = 0] = unit.centre;
    return this.#map.project([lon, lat]);
  }

  /** Brings a place into view when it lies outside. */
  reveal(unit: Unit): void {
    const { x, y } = this.at(unit);
    const { clientWidth, clientHeight } = this.#map.getContainer();
    if (x > 0 && y > 0 && x < clientWidth && y < clientHeight) return;
    const [lon = 0, lat = 0] = unit.centre;
    this.#map.panTo([lon, lat], { duration: this.#options.reducedMotion ? 0 : 300 });
  }

  #start(): void {
    this.#ready = true;
    addPatterns(this.#map, this.#colours, this.#options.scale);
    for (const [code, paint] of this.#paints) this.#state(code, { paint });
    for (const [code, mark] of this.#marks) this.#state(code, { mark });
    for (const [id, size] of this.#bubbles) {
      this.#map.setFeatureState({ source: centres, id }, { size });
    }
    if (this.#hovered !== null) this.#state(this.#hovered, { hover: true });
    if (this.#selected !== null) this.#state(this.#selected, { selected: true });
    this.#showLevel();
    this.setColours(this.#colours);
    this.#showFrame();
    this.fit(0);
    // Whoever waits for the picture (tests, screenshots) sees when it stands still.
    const drawn = (state: string) => this.#map.getContainer().setAttribute('data-drawn', state);
    this.#map.on('movestart', () => drawn('false'));
    this.#map.on('idle', () => drawn('true'));
    const { unsubscribe } = this.#map.on('render', () => {
      if (this.#paints.size === 0 || !this.#map.areTilesLoaded()) return;
      unsubscribe();
      this.#options.onColoured();
    });
    this.#resized.observe(this.#map.getContainer());
  }

  #listen(): void {
    const { onHover, onPick, onMove } = this.#options;
    const canvas = this.#map.getCanvas();
    const unitAt = (event: MapMouseEvent): string | null => {
      const layers = [`fill-${this.#level}`];
      const code: unknown = this.#map.queryRenderedFeatures(event.point, { layers })[0]?.properties
        .code;
      return typeof code === 'string' ? code : null;
    };
    this.#map.on('mousemove', (event) => {
      const code = unitAt(event);
      canvas.style.cursor = code === null ? '' : 'pointer';
      onHover(code, event.point);
    });
    this.#map.on('mouseout', (event) => onHover(null, event.point));
    this.#map.on('move', onMove);
    this.#map.on('click', (event) => {
      const code = unitAt(event);
      if (code === null) onHover(null, event.point);
      else onPick(code, event.point);
    });
  }

  #state(code: string, state: Record<string, unknown>): void {
    if (!this.#ready) return;
    this.#map.setFeatureState({ source: 'boundaries', sourceLayer: 'units', id: code }, state);
  }

  #need(extra: Extra): void {
    if (this.#needed.has(extra)) return;
    this.#needed.add(extra);
    if (this.#ready) this.#showLevel();
  }

  #showLevel(): void {
    const has = {
      paint: new Set(this.#paints.values()),
      mark: new Set<number>(this.#marks.values()),
    };
    const needed = new Set(this.#needed);
    for (const { image, state, is } of patternLayers) if (has[state].has(is)) needed.add(image);
    const shown = [this.#level, ...needed].join(' ');
    if (shown === this.#shown) return;
    this.#shown = shown;
    for (const [id, visible] of visibility(this.#options.levels, this.#level, needed)) {
      const wanted = visible ? 'visible' : 'none';
      if (this.#map.getLayoutProperty(id, 'visibility') === wanted) continue;
      this.#map.setLayoutProperty(id, 'visibility', wanted);
    }
  }

  /** The style's layers; bubbles are as large as the units of their level leave room for. */
  #layers(level: string, colours: MapColours): ReturnType<typeof styleLayers> {
    const { levels, scale, units } = this.#options;
    const radius = (of: string): number =>
      bubbleRadius(units.filter((unit) => unit.level === of).length);
    return styleLayers(levels, level, colours, scale, radius);
  }

  #showFrame(): void {
    const frame = this.#frame && this.#members ? { ...this.#frame, members: this.#members } : null;
    for (const level of this.#options.levels.slice(1)) {
      const id = `label-${level}`;
      this.#map.setFilter(id, labelFilter(level, frame));
      const [from, to] = labelZooms(level, this.#options.levels, frame, this.#options.scale);
      this.#map.setLayerZoomRange(id, from, to);
    }
    this.#map.setFilter(
      'dim',
      frame
        ? ['all', ['==', ['get', 'level'], frame.level], ['!=', ['get', 'code'], frame.code]]
        : ['==', ['get', 'code'], ''],
    );
  }

  #padding(container: HTMLElement): number {
    return Math.round(Math.min(container.clientWidth, container.clientHeight) * 0.06);
  }
}
