import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { until } from './until.ts';

/** A datagram socket as the service manager has it; prints `bound`, then each message as JSON. */
const PROGRAM = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
path = sys.argv[1]
s.bind('\\0' + path[1:] if path.startswith('@') else path)
print('bound', flush=True)
while True:
    print(json.dumps(s.recv(4096).decode()), flush=True)
`;

/** Stands where systemd stands at NOTIFY_SOCKET. */
export class NotifyListener {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];

  private constructor(path: string) {
    const child = spawn('python3', ['-c', PROGRAM, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', (line) => this.#lines.push(line));
    this.#child = child;
  }

  /** @param path of a socket file, or `@name` for an abstract address. */
  static async open(path: string): Promise<NotifyListener> {
    const listener = new NotifyListener(path);
    await until('the notify socket is bound', () => listener.#lines[0] === 'bound');
    return listener;
  }

  get messages(): string[] {
    return this.#lines.slice(1).map((line) => String(JSON.parse(line)));
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }
}
