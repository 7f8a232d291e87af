import {
  Map as MapLibre,
  prewarm,
  setWorkerUrl,
  type MapMouseEvent,
  type PaddingOptions,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import type { Unit } from '../api/types';
import type { Camera } from './cameras';
import type { Paint } from './classes';
import { fontFaces } from './fonts';
import { aspectOf, centredCrop, paddingFor, type Bounds } from './framing';
import { addPatterns, copyOf } from './images';
import { labelFilter, labelZooms } from './labels';
import { lookOf, styleLayers } from './layers';
import { middles } from './middles';
import type { ScreenPoint, UnitMapOptions } from './options';
import { Painting } from './painting';
import { Pulses } from './pulse';
import type { Mark } from './scales';
import { boundaries as boundariesSource, centres } from './sources';
import type { Surface } from './surface';
import type { MapColours } from './theme';

setWorkerUrl(workerUrl);
prewarm(); // the workers come while the figures are asked

type PaintName = Parameters<MapLibre['setPaintProperty']>[1];
type PaintValue = Parameters<MapLibre['setPaintProperty']>[2];

/** The map of units that readers move: MapLibre with our layers. */
export class UnitMap implements Surface {
  readonly #map: MapLibre;
  readonly #options: UnitMapOptions;
  readonly #painting: Painting;
  readonly #pulses: Pulses;
  #ready = false;
  #colours: MapColours;
  #frame: Unit | null = null;
  #members: readonly string[] | null = null;
  readonly #resized = new ResizeObserver(() => this.fit(0));

  constructor(container: HTMLElement, options: UnitMapOptions) {
    this.#options = options;
    this.#colours = options.colours;
    const { boundaries, interactive } = options;
    const [west = 0, south = 0, east = 0, north = 0] = boundaries.bounds;
    const whole: Bounds = [west, south, east, north];
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
      fitBoundsOptions: { padding: this.#padding(container, whole) },
      locale: {
        'Map.Title': options.texts.title,
        'CooperativeGesturesHandler.MobileHelpText': options.texts.twoFingers,
      },
      style: {
        version: 8,
        'font-faces': fontFaces,
        sources: {
          [boundariesSource]: {
            type: 'vector',
            tiles: [location.origin + boundaries.tiles],
            minzoom: boundaries.min_zoom,
            maxzoom: boundaries.max_zoom,
            bounds: [west, south, east, north],
            promoteId: { units: 'code', labels: 'code' },
          },
          [centres]: { type: 'geojson', data: middles(options.units), promoteId: 'code' },
        },
        layers: this.#layers(options.colours),
      },
    });
    this.#painting = new Painting(this.#map, options.levels, options.level);
    this.#pulses = new Pulses(
      (code, pulse) => this.#painting.set(code, { pulse }),
      () => options.reducedMotion,
    );
    this.#map.touchZoomRotate.disableRotation();
    this.#map.keyboard.disableRotation();
    this.#map.once('style.load', () => this.#start());
    if (interactive) this.#listen();
  }

  focus(): void {
    this.#map.getCanvas().focus();
  }

  destroy(): void {
    this.#pulses.stop();
    this.#resized.disconnect();
    this.#map.remove();
  }

  paint(paints: ReadonlyMap<string, Paint>, marks: ReadonlyMap<string, Mark> = new Map()): void {
    this.#painting.paint(paints, marks);
  }

  setBubbles(sizes: ReadonlyMap<string, number>): void {
    this.#painting.setBubbles(sizes);
  }

  pulse(codes: readonly string[]): void {
    if (codes.length === 0) return;
    this.#painting.need('pulse');
    this.#pulses.begin(codes);
  }

  setLevel(level: string): void {
    this.#painting.setLevel(level);
  }

  setColours(colours: MapColours): void {
    this.#colours = colours;
    if (!this.#ready) return;
    for (const layer of this.#layers(colours)) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) {
        this.#map.setPaintProperty(layer.id, name as PaintName, value as PaintValue);
      }
    }
    addPatterns(this.#map, this.#colours, this.#options.scale);
  }

  setHovered(code: string | null): void {
    this.#painting.setOnly('hover', code);
  }

  setSelected(code: string | null): void {
    this.#painting.setOnly('selected', code);
  }

  setFrame(frame: Unit, members: readonly string[] | null): void {
    const first = this.#frame === null;
    this.#frame = frame;
    this.#members = members;
    if (this.#ready) {
      this.#showFrame();
      this.fit(first ? 0 : 900);
    }
  }

  fit(duration = 700): void {
    if (!this.#frame) return;
    const [west = 0, south = 0, east = 0, north = 0] = this.#frame.bounds;
    const area: Bounds = [west, south, east, north];
    this.#map.fitBounds([west, south, east, north], {
      padding: this.#padding(this.#map.getContainer(), area),
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
        done(this.#centred());
      });
      this.#map.triggerRepaint();
    });
  }

  /** What is drawn, with the framed area in its middle: on a picture nothing stands over the map. */
  #centred(): HTMLCanvasElement {
    const canvas = this.#map.getCanvas();
    const [west = 0, south = 0, east = 0] = this.#frame?.bounds ?? [];
    const ratio = canvas.width / this.#map.getContainer().clientWidth;
    const x = (longitude: number): number => this.#map.project([longitude, south]).x * ratio;
    const { start, length } = centredCrop(canvas.width, x(west), x(east));
    return copyOf(canvas, start, length);
  }

  /** What is drawn, copied without waiting: paper is printed before the next frame. */
  drawnNow(): HTMLCanvasElement {
    this.#map.redraw();
    return copyOf(this.#map.getCanvas());
  }

  at(unit: Unit): ScreenPoint {
    const [lon = 0, lat = 0] = unit.centre;
    return this.#map.project([lon, lat]);
  }

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
    this.#painting.begin();
    this.setColours(this.#colours);
    this.#showFrame();
    this.fit(0);
    // Whoever waits for the picture (tests, screenshots) sees when it stands still.
    const { onDrawn } = this.#options;
    this.#map.on('movestart', () => onDrawn(false));
    this.#map.on('idle', () => onDrawn(true));
    const { unsubscribe } = this.#map.on('render', () => {
      if (this.#painting.empty || !this.#map.areTilesLoaded()) return;
      unsubscribe();
      this.#options.onColoured();
    });
    this.#resized.observe(this.#map.getContainer());
  }

  #listen(): void {
    const { onHover, onPick, onMove } = this.#options;
    const canvas = this.#map.getCanvas();
    const unitAt = (event: MapMouseEvent): string | null => {
      const layers = [`fill-${this.#painting.level}`];
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

  #layers(colours: MapColours): ReturnType<typeof styleLayers> {
    const { levels, level } = this.#options;
    return styleLayers(levels, level, colours, lookOf(this.#options));
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

  #padding({ clientWidth, clientHeight }: HTMLElement, area: Bounds): PaddingOptions {
    return paddingFor(clientWidth, clientHeight, aspectOf(area), this.#options.taken());
  }
}
