/** The part of the onvif package that its own types leave out, as far as it is used. */
declare module 'onvif/lib/utils.js' {
  const utils: {
    parseSOAPString(
      xml: string,
      callback: (error: unknown, data?: unknown, xml?: string, status?: number) => void,
      status?: number,
    ): void;
    /** @param rawHeaders name, value, name, value … */
    getDigestHeaders(rawHeaders: readonly string[]): string[];
  };
  export = utils;
}
