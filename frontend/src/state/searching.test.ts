import { expect, it } from 'vitest';
import { calls } from './searching.svelte';

const none = { ctrlKey: false, metaKey: false, altKey: false };
const field = { matches: () => true };
const body = { matches: () => false };

it.each([
  [{ ...none, key: 'k', ctrlKey: true, target: field }, true],
  [{ ...none, key: 'K', metaKey: true, target: body }, true],
  [{ ...none, key: '/', target: body }, true],
  [{ ...none, key: '/', target: field }, false],
  [{ ...none, key: 'k', target: body }, false],
  [{ ...none, key: 'k', ctrlKey: true, altKey: true, target: body }, false],
])('%j calls the search: %s', (event, called) => {
  expect(calls(event)).toBe(called);
});
