/** Why a scene is left out: it broke while it was drawn, the server refused its question, or nobody answered it. */
export type Reason = 'broken' | 'refused' | 'unanswered';

/** A scene that keeps failing is told of again after so long, milliseconds of the steady clock. */
const toldAgain = 5 * 60_000;

/** Tells the server of scenes that are left out, of each now and then. What could not be told is told the next time. */
export class Failures {
  readonly #told = new Map<string, number>();
  readonly #scenes: string;
  readonly #send: (body: string) => Promise<boolean>;

  constructor(scenes: string, send: (body: string) => Promise<boolean> = post) {
    this.#scenes = scenes;
    this.#send = send;
  }

  /** Scene is its place in the set, from 0. */
  tell(scene: number, reason: Reason, now: number): void {
    const key = `${scene} ${reason}`;
    const before = this.#told.get(key);
    if (before !== undefined && now - before < toldAgain) return;
    this.#told.set(key, now);
    const body = JSON.stringify({ scenes: this.#scenes, scene: scene + 1, reason });
    void this.#send(body).then((heard) => {
      if (!heard) this.#told.delete(key);
    });
  }
}

/** Whether the server took it. */
async function post(body: string): Promise<boolean> {
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch('/api/v1/walls/failures', { method: 'POST', headers, body }).catch(
    () => null,
  );
  return answer?.ok ?? false;
}
