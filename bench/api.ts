/** Calls the gateway as a program does. @throws Error with the answer when it is not a success. */
export async function call<T>(
  { base, token }: { readonly base: string; readonly token: string },
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const response = await fetch(new URL(path, base), {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}
