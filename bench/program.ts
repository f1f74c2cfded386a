import { once } from 'node:events';
import { join } from 'node:path';
import { type Child, startChild } from './child.ts';
import { inTime } from './measure.ts';

/**
 * Starts one of the bundled programs in a process of its own, gives it its order and waits for its
 * answer. What program answers what is written in the program.
 */
export async function startProgram(
  folder: string,
  name: 'camera' | 'crowd' | 'broadcast',
  order: object,
): Promise<{ child: Child; answer: unknown }> {
  const child = startChild(name, process.execPath, [join(folder, `${name}.mjs`)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  try {
    return { child, answer: await ask(child, name, order) };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Sends a message to a program and waits for the next one that it sends. */
export async function ask(child: Child, name: string, message: object): Promise<unknown> {
  const answer = once(child.process, 'message');
  child.process.send(message);
  const [value] = await child.unlessItEnds(inTime(answer, name));
  return value;
}
