/** Where a map looks. */
export interface Camera {
  centre: { lng: number; lat: number };
  zoom: number;
}

/** A map that tells when it moves and can be moved. */
export interface Moving {
  readonly camera: Camera;
  onCamera(listener: () => void): () => void;
  look(camera: Camera): void;
}

/** Maps that look at the same place: whichever is moved, the others follow. */
export class Cameras {
  readonly #maps = new Set<Moving>();
  #following = false;

  /** Takes a map in; the returned function lets it go. */
  join(map: Moving): () => void {
    const first = this.#maps.values().next().value;
    if (first) map.look(first.camera);
    this.#maps.add(map);
    const deaf = map.onCamera(() => this.#follow(map));
    return () => {
      deaf();
      this.#maps.delete(map);
    };
  }

  #follow(leader: Moving): void {
    if (this.#following) return; // a follower's own move leads nobody
    this.#following = true;
    for (const map of this.#maps) if (map !== leader) map.look(leader.camera);
    this.#following = false;
  }
}
