/**
 * The boundary set that answers are asked on: that of the programme which is shown, so that no
 * question is ahead of the units and the map it is shown on. Undefined is the server's own, which
 * is not named.
 */
class Ground {
  boundaries = $state<string | undefined>();
}

export const ground = new Ground();
