/** Of an upload, and of a file that the configuration names. */
export const MAX_SOURCE_BYTES = 20 * 1024 * 1024;
/** An A0 sheet scanned at 150 dots an inch has 35 million. */
export const MAX_PIXELS = 40_000_000;
/** Larger pictures are made smaller: no screen shows more. */
export const MAX_SIDE_PIXELS = 3_072;
/** Of a picture as it is kept. */
export const MAX_MADE_BYTES = 8 * 1024 * 1024;
/** A plan is a sheet, perhaps a few; a book is a mistake. */
export const MAX_PAGES = 100;
/** 5 m: the largest that PDF itself knows (ISO 32000-1 annex C). Points of 1/72 inch. */
export const MAX_PAGE_POINTS = 14_400;
