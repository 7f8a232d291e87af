import { expect, it } from 'vitest';
import { Failures } from './failures';

it('tells of a failing scene now and then, and again what nobody heard', async () => {
  const sent: string[] = [];
  let heard = true;
  const failures = new Failures('default', (body) => {
    sent.push(body);
    return Promise.resolve(heard);
  });
  failures.tell(2, 'broken', 1000);
  failures.tell(2, 'broken', 2000);
  expect(sent).toEqual(['{"scenes":"default","scene":3,"reason":"broken"}']);
  failures.tell(2, 'refused', 2000);
  expect(sent).toHaveLength(2);
  heard = false;
  failures.tell(2, 'broken', 1000 + 5 * 60_000);
  await Promise.resolve();
  expect(sent).toHaveLength(3);
  failures.tell(2, 'broken', 1001 + 5 * 60_000);
  expect(sent).toHaveLength(4);
});
