import { expect, it } from 'vitest';
import { Cameras, type Camera, type Moving } from './cameras';

class Fake implements Moving {
  camera: Camera = { centre: { lng: 0, lat: 0 }, zoom: 8 };
  moves = 0;
  #listener: (() => void) | undefined;
  onCamera(listener: () => void): () => void {
    this.#listener = listener;
    return () => (this.#listener = undefined);
  }
  look(camera: Camera): void {
    this.camera = camera;
    this.moves++;
    this.#listener?.();
  }
}

const far: Camera = { centre: { lng: 105, lat: 21 }, zoom: 11 };

it('maps follow whichever is moved, once', () => {
  const cameras = new Cameras();
  const [a, b, c] = [new Fake(), new Fake(), new Fake()];
  const leave = [a, b, c].map((map) => cameras.join(map));
  const before = b.moves;
  a.look(far);
  expect([a.camera, b.camera, c.camera]).toEqual([far, far, far]);
  expect(b.moves).toBe(before + 1);

  leave[1]?.();
  c.look({ ...far, zoom: 9 });
  expect(a.camera.zoom).toBe(9);
  expect(b.camera.zoom).toBe(11);
});

it('a map that joins looks where the others do', () => {
  const cameras = new Cameras();
  const [a, b] = [new Fake(), new Fake()];
  cameras.join(a);
  a.look(far);
  cameras.join(b);
  expect(b.camera).toEqual(far);
});
