import { deflateSync } from 'node:zlib';

export interface PdfPageSpec {
  readonly widthPoints: number;
  readonly heightPoints: number;
  /** Operators of ISO 32000-1 §8, e.g. `1 0 0 rg 0 0 100 100 re f` for a red square. */
  readonly content: string;
}

export interface PdfSpec {
  readonly pages: readonly PdfPageSpec[];
  /** Put into the catalogue, e.g. an action that opens with the document. */
  readonly catalogue?: string;
  /** Put into the trailer. */
  readonly trailer?: string;
}

/** A PDF with a right table of offsets, so that what is wrong with one is what a test means. */
export function pdfOf({ pages, catalogue = '', trailer = '' }: PdfSpec): Buffer {
  const kids = pages.map((_page, index) => `${3 + 2 * index} 0 R`).join(' ');
  const objects: Buffer[] = [
    Buffer.from(`<< /Type /Catalog /Pages 2 0 R ${catalogue} >>`),
    Buffer.from(`<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`),
    ...pages.flatMap(({ widthPoints, heightPoints, content }, index) => [
      Buffer.from(
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${widthPoints} ${heightPoints}] ` +
          `/Resources << >> /Contents ${4 + 2 * index} 0 R >>`,
      ),
      streamOf(content),
    ]),
  ];
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let length = parts[0]?.length ?? 0;
  const add = (part: Buffer) => {
    parts.push(part);
    length += part.length;
  };
  objects.forEach((object, index) => {
    offsets.push(length);
    add(Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]));
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const at = length;
  add(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}` +
        `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

function streamOf(content: string): Buffer {
  const packed = deflateSync(content);
  return Buffer.concat([
    Buffer.from(`<< /Length ${packed.length} /Filter /FlateDecode >>\nstream\n`),
    packed,
    Buffer.from('\nendstream'),
  ]);
}

/** A4, lying, with one colour all over it. */
export function sheet(red: number, green: number, blue: number): PdfPageSpec {
  const [widthPoints, heightPoints] = [842, 595];
  const content = `${red} ${green} ${blue} rg 0 0 ${widthPoints} ${heightPoints} re f`;
  return { widthPoints, heightPoints, content };
}
