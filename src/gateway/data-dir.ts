import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { codeOf, LiveViewError } from '../core/errors.ts';

/** The data directory, and the only right to write its journal as a gateway. */
export interface ClaimedDataDir {
  readonly path: string;
  release(): Promise<void>;
}

const LOCK = 'gateway.lock';

/**
 * Makes the directory if needed and takes it for this process: two gateways on one journal would each
 * end what the other has running. The lock is a listening socket, which dies with its process, so that
 * a crash leaves nothing to clean up by hand.
 *
 * @throws LiveViewError `data-dir` when it cannot be used; `already-running`.
 */
export async function claimDataDir(path: string): Promise<ClaimedDataDir> {
  const folder = openFolder(path);
  // Through the descriptor the name is short, whatever the path: sun_path holds 108 bytes (unix(7)).
  const address = `/proc/self/fd/${folder}/${LOCK}`;
  try {
    const server = await listenAlone(address, path);
    return {
      path,
      release: async () => {
        await new Promise((resolve) => server.close(resolve));
        rmSync(address, { force: true });
        closeSync(folder);
      },
    };
  } catch (error) {
    closeSync(folder);
    throw error;
  }
}

function openFolder(path: string): number {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (cause) {
    throw unusable(path, cause);
  }
}

async function listenAlone(address: string, path: string): Promise<Server> {
  try {
    return await listen(address);
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw unusable(path, error);
  }
  if (await answers(address)) {
    throw new LiveViewError(
      'already-running',
      `a gateway is running with the data directory ${path} already; stop it first (systemctl stop liveview), or set gateway.dataDir`,
    );
  }
  rmSync(address, { force: true });
  return listen(address);
}

function listen(address: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(address, () => resolve(server.unref()));
  });
}

/** Whether somebody listens; a socket that a crash left refuses. */
function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function unusable(path: string, cause: unknown): LiveViewError {
  return new LiveViewError(
    'data-dir',
    `the data directory ${path} cannot be used; give it to this user, or set gateway.dataDir`,
    { cause },
  );
}
