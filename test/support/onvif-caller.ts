import { createHash, randomBytes } from 'node:crypto';

/** A stranger's ONVIF client: plain SOAP with a WS-UsernameToken. */
export class OnvifCaller {
  readonly #url: string;
  readonly #username: string;
  readonly #password: string;

  constructor(deviceUrl: string, username: string, password: string) {
    this.#url = deviceUrl;
    this.#username = username;
    this.#password = password;
  }

  /** Pan, tilt and zoom where the camera says that it is, and whether it moves. */
  async status(): Promise<{ pan: number; tilt: number; zoom: number; moving: boolean }> {
    const xml = await this.#post(
      '<GetStatus xmlns="http://www.onvif.org/ver20/ptz/wsdl"><ProfileToken>main</ProfileToken></GetStatus>',
    );
    const panTilt = /PanTilt[^>]*\bx="([-\d.e]+)"[^>]*\by="([-\d.e]+)"/.exec(xml);
    const zoom = /Zoom[^>]*\bx="([-\d.e]+)"/.exec(xml);
    if (!panTilt || !zoom) throw new Error(`no position in ${xml}`);
    return {
      pan: Number(panTilt[1]),
      tilt: Number(panTilt[2]),
      zoom: Number(zoom[1]),
      moving: />MOVING</.test(xml),
    };
  }

  async #post(body: string): Promise<string> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/soap+xml; charset=utf-8' },
      body: `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>${this.#security()}</s:Header><s:Body>${body}</s:Body></s:Envelope>`,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the camera answered ${response.status}: ${text}`);
    return text;
  }

  /** PasswordDigest of WSS UsernameToken Profile 1.0 §3.1. */
  #security(): string {
    const nonce = randomBytes(16);
    const created = new Date().toISOString();
    const digest = createHash('sha1')
      .update(nonce)
      .update(created)
      .update(this.#password)
      .digest('base64');
    const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
    return `<Security xmlns="${wsse}-wssecurity-secext-1.0.xsd"><UsernameToken><Username>${this.#username}</Username><Password Type="${wsse}-username-token-profile-1.0#PasswordDigest">${digest}</Password><Nonce>${nonce.toString('base64')}</Nonce><Created xmlns="${wsse}-wssecurity-utility-1.0.xsd">${created}</Created></UsernameToken></Security>`;
  }
}
