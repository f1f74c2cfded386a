declare module '@cycjimmy/jsmpeg-player' {
  /** Receives decoded pictures: planes of whole macroblocks, Cr and Cb at half the size. */
  interface Destination {
    resize(width: number, height: number): void;
    render(y: Uint8ClampedArray, cr: Uint8ClampedArray, cb: Uint8ClampedArray): void;
  }

  class Mpeg1Video {
    constructor(options: {
      /** What has been decoded makes room for what comes. */
      streaming: true;
      videoBufferSize: number;
      decodeFirstFrame: false;
    });
    /** Bits that are here and not decoded. */
    readonly bits: { has(count: number): boolean };
    connect(destination: Destination): void;
    /** Looks at the next start code, and decodes a picture when it is one. */
    decode(): boolean;
  }

  class TransportStream {
    connect(streamId: number, decoder: Mpeg1Video): void;
    write(bytes: Uint8Array): void;
    static readonly STREAM: { readonly VIDEO_1: number };
  }

  const JSMpeg: {
    readonly Demuxer: { readonly TS: typeof TransportStream };
    readonly Decoder: { readonly MPEG1Video: typeof Mpeg1Video };
  };
  // biome-ignore lint/style/noDefaultExport: it is what the package has
  export default JSMpeg;
}
