import { Program, ready } from './program';

/** Starts the real program, or takes the one that runs; gives the function that ends it. The soak starts its own. */
export default async function start(): Promise<() => Promise<void>> {
  if (process.env.SOAK) return async () => undefined;
  if (process.env.TOANCANH_URL) {
    await ready(process.env.TOANCANH_URL, () => false);
    return async () => undefined;
  }
  const program = await Program.start();
  process.env.TOANCANH_URL = program.url;
  return () => program.end();
}
