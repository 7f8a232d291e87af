import { whenIdle } from '../state/turns';
import type { UnitMapOptions } from './options';
import { StillMap } from './still/still';
import type { Surface } from './surface';

/**
 * The two maps of one element: the picture that is there at once, and the one that can be moved, which comes when somebody is there to
 * do so and takes its place when it has drawn the same. Without WebGL the picture stays.
 */
export class Maps {
  readonly #element: HTMLElement;
  readonly #options: UnitMapOptions;
  readonly #use: (surface: Surface) => void;
  #still: { map: StillMap; place: HTMLElement } | null;
  #moving: Surface | null = null;
  #stop: (() => void) | undefined;
  #gone = false;

  /** `use` is told whom to say everything to: the picture first, the moving map from when it begins to be made. */
  constructor(element: HTMLElement, options: UnitMapOptions, use: (surface: Surface) => void) {
    this.#element = element;
    this.#options = options;
    this.#use = use;
    const place = placeIn(element);
    const map = new StillMap(place, options);
    this.#still = { map, place };
    use(map);
  }

  /** Fetches the moving map, and makes it when the page has nothing else to do. */
  bringMoving(): void {
    import('./canvas').then(
      ({ UnitMap }) => {
        if (this.#gone) return;
        this.#stop = whenIdle(() => {
          const place = placeIn(this.#element);
          const { onDrawn } = this.#options;
          try {
            this.#moving = new UnitMap(place, {
              ...this.#options,
              onDrawn: (still) => {
                if (still) this.#leaveStill();
                onDrawn(still);
              },
            });
            this.#use(this.#moving);
          } catch (cause) {
            console.warn('the map cannot be moved here', cause);
            place.remove();
          }
        });
      },
      (cause: unknown) => console.warn('the map cannot be moved', cause),
    );
  }

  destroy(): void {
    this.#gone = true;
    this.#stop?.();
    this.#still?.map.destroy();
    this.#moving?.destroy();
  }

  #leaveStill(): void {
    if (!this.#still) return;
    const { map, place } = this.#still;
    const focused = place.contains(document.activeElement);
    this.#still = null;
    map.destroy();
    place.remove();
    if (focused) this.#moving?.focus();
  }
}

/** A place of its own that fills an element, below those that are in it. */
function placeIn(element: HTMLElement): HTMLElement {
  const place = document.createElement('div');
  Object.assign(place.style, { position: 'absolute', inset: '0' });
  element.prepend(place);
  return place;
}
