import { describe, expect, it } from 'vitest';
import type { Indicator, ProfileRow } from '../api/types';
import { Answer } from './answer.svelte';
import { Profile } from './profile.svelte';

const indicator = (id: string): Indicator => ({ id }) as Indicator;

function answered(...ids: string[]): Answer<ProfileRow[]> {
  const answer = new Answer<ProfileRow[]>();
  answer.data = ids.map((id) => ({ indicator: id, value: id.length }) as ProfileRow);
  return answer;
}

describe('a profile', () => {
  it('finds the row of an indicator', () => {
    const profile = new Profile(answered('births', 'cards'));
    expect(profile.of(indicator('cards'))?.value).toBe(5);
    expect(profile.of(indicator('deaths'))).toBeUndefined();
  });

  it('leaves out of the standings what has not come, and keeps the order asked for', () => {
    const profile = new Profile(answered('births', 'cards'));
    const standings = profile.standings(['deaths', 'cards', 'births'].map(indicator));
    expect(standings.map(({ indicator: { id }, row }) => [id, row.value])).toEqual([
      ['cards', 5],
      ['births', 6],
    ]);
  });

  it('tells a failure from an answer without rows', () => {
    const answer = new Answer<ProfileRow[]>();
    const profile = new Profile(answer);
    expect([profile.come, profile.failed]).toEqual([false, false]);
    answer.failed = true;
    expect([profile.come, profile.failed]).toEqual([false, true]);
    expect(new Profile(answered()).come).toBe(true);
  });
});
