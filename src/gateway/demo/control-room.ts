import type { DemoUser } from './demo.ts';

const DEADLINE_MS = 10_000;

/** What a dispatcher wants to see, and why. */
export interface Question {
  readonly site: string;
  readonly type: string;
  readonly text: string;
}

/**
 * A dispatcher of the demonstration asks for images of a site: logs in at the listener of the police like
 * anybody there, asks, and logs out. What becomes of it is for the people at the consoles.
 *
 * @throws Error with the answer when the gateway refuses.
 */
export async function askForImages(
  policeUrl: string,
  { username, password }: Pick<DemoUser, 'username' | 'password'>,
  question: Question,
): Promise<void> {
  const call = async (method: string, path: string, cookie: string, body?: object) => {
    const response = await fetch(`${policeUrl}${path}`, {
      method,
      headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = await response.text();
    if (response.ok) return response;
    throw new Error(`${method} ${path}: ${response.status} ${answer}`);
  };
  const login = { username, password: password.reveal() };
  const opened = await call('POST', '/v1/session', '', login);
  const cookie = opened.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  try {
    await call('POST', '/v1/requests', cookie, { action: 'view', args: question });
  } finally {
    await call('DELETE', '/v1/session', cookie);
  }
}
