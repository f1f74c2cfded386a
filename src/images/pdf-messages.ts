/** Between the gateway and the thread that draws a page of a PDF. */
export interface PageWish {
  readonly pdf: Uint8Array;
  /** Counts from 1; undefined when none was chosen. */
  readonly page: number | undefined;
}

export type PageAnswer =
  | {
      readonly kind: 'page';
      readonly page: number;
      readonly pages: number;
      readonly width: number;
      readonly height: number;
      /** Red, green, blue, alpha. */
      readonly data: Uint8Array;
    }
  | { readonly kind: 'refused'; readonly code: PageRefusal; readonly pages?: number };

export type PageRefusal =
  | 'image-damaged'
  | 'pdf-password'
  | 'too-many-pages'
  | 'choose-page'
  | 'no-such-page'
  | 'image-too-large'
  | 'image-too-complex';
