import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { xmlOf } from './canaries.ts';

/**
 * Cameras that get a password, as every camera does, and repeat it wherever a text of theirs might be kept:
 * in the reason, in headers, in the description of the stream, in addresses, in faults.
 */
export class HostileCameras {
  readonly #rtsp: Server;
  readonly #onvif: HttpServer;
  readonly #sockets = new Set<Socket>();
  /** Those to whom a password has come. */
  readonly told = new Set<string>();

  private constructor(password: string) {
    this.#rtsp = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => this.#answer(socket, chunk.toString('latin1')));
    });
    this.#onvif = createHttpServer((request, response) => {
      this.told.add('onvif');
      request.resume();
      response.writeHead(500, `Not ${password}`, {
        'content-type': 'application/soap+xml',
        server: password,
      });
      response.end(
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault>' +
          `<s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text>password ${xmlOf(password)} refused</s:Text></s:Reason>` +
          '</s:Fault></s:Body></s:Envelope>',
      );
    });
  }

  /** @param onvifPassword that of the one with ONVIF, which never comes in the clear. */
  static async start(onvifPassword: string): Promise<HostileCameras> {
    const cameras = new HostileCameras(onvifPassword);
    for (const server of [cameras.#rtsp, cameras.#onvif]) {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return cameras;
  }

  url(path: 'status' | 'header' | 'sdp'): string {
    return `rtsp://127.0.0.1:${(this.#rtsp.address() as AddressInfo).port}/${path}`;
  }

  get onvif(): { host: string; port: number } {
    return { host: '127.0.0.1', port: (this.#onvif.address() as AddressInfo).port };
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#rtsp.close();
    this.#onvif.closeAllConnections();
    this.#onvif.close();
  }

  /** Requests are short and come one at a time. */
  #answer(socket: Socket, request: string): void {
    const [, method = '', path = ''] = /^(\w+) rtsp:\/\/[^/ ]*\/?(\S*)/.exec(request) ?? [];
    const cseq = /^CSeq: *(\d+)/im.exec(request)?.[1] ?? '1';
    const say = (status: string, headers: readonly string[] = [], body = '') =>
      socket.write(
        [
          `RTSP/1.0 ${status}`,
          `CSeq: ${cseq}`,
          `Content-Length: ${Buffer.byteLength(body)}`,
          ...headers,
          '',
          body,
        ].join('\r\n'),
      );
    if (method === 'OPTIONS') {
      say('200 OK', ['Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN']);
      return;
    }
    const [, basic = ''] = /^Authorization: *Basic +(\S+)/im.exec(request) ?? [];
    if (basic === '') {
      say('401 Unauthorized', ['WWW-Authenticate: Basic realm="camera"']);
      return;
    }
    const pair = Buffer.from(basic, 'base64').toString('utf8');
    const password = pair.slice(pair.indexOf(':') + 1);
    this.told.add(path.split('/')[0] ?? '');
    if (path.startsWith('status'))
      say(`500 ${password} and Basic ${basic}`, [`Server: ${password}`]);
    else if (path.startsWith('header')) {
      say('200 OK', [
        `Content-Type: ${password}`,
        `Content-Base: rtsp://${pair}@127.0.0.1/`,
        `Location: rtsp://x/?p=${password}`,
      ]);
    } else {
      const sdp = [
        ...['v=0', `s=${password}`, 'm=video 0 RTP/AVP 96', `a=rtpmap:96 ${password}/90000`],
        `a=control:rtsp://${pair}@127.0.0.1:9/${password}`,
      ];
      say('200 OK', ['Content-Type: application/sdp'], `${sdp.join('\r\n')}\r\n`);
    }
  }
}
