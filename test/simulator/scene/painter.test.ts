import { describe, expect, it } from '@jest/globals';
import { drawText } from '../../../src/simulator/scene/lettering.ts';
import { Painter } from '../../../src/simulator/scene/painter.ts';
import { colour, createPicture, type Picture } from '../../../src/simulator/scene/picture.ts';

const at = (picture: Picture, x: number, y: number) => picture.y.bytes[y * picture.width + x];

describe('colours', () => {
  it.each([
    ['#000000', 16, 128, 128],
    ['#ffffff', 235, 128, 128],
    ['#ff0000', 63, 102, 240],
    ['#0000ff', 32, 240, 118],
  ])('%s is limited-range BT.709', (hex, y, u, v) => {
    const made = colour(hex);
    expect([made.y, made.u, made.v].map(Math.round)).toEqual([y, u, v]);
  });
});

describe('the painter', () => {
  it('fills luma and chroma alike', () => {
    const picture = createPicture(8, 8);
    new Painter(picture).rect(0, 0, 8, 8, { fill: '#ff0000' });
    expect(new Set(picture.y.bytes)).toEqual(new Set([63]));
    expect(new Set(picture.u.bytes)).toEqual(new Set([102]));
    expect(new Set(picture.v.bytes)).toEqual(new Set([240]));
  });

  it('mixes by alpha and from top to bottom', () => {
    const picture = createPicture(4, 64);
    const painter = new Painter(picture);
    painter.rect(0, 0, 4, 64, { fill: '#000000', to: '#ffffff' });
    expect(at(picture, 0, 0)).toBeLessThan(20);
    expect(at(picture, 0, 32)).toBeCloseTo(126, -1);
    expect(at(picture, 0, 63)).toBeGreaterThan(228);
    painter.rect(0, 0, 4, 64, { fill: '#ffffff', alpha: 0.5 });
    expect(at(picture, 0, 0)).toBeCloseTo(126, -1);
  });

  it('draws nothing below what hides it', () => {
    const picture = createPicture(8, 8);
    const painter = new Painter(picture);
    painter.bottom = 4;
    painter.rect(0, 0, 8, 8, { fill: '#ffffff' });
    expect(at(picture, 0, 3)).toBe(235);
    expect(at(picture, 0, 4)).toBe(0);
  });

  it('draws outside the picture without harm', () => {
    const picture = createPicture(8, 8);
    const painter = new Painter(picture);
    painter.ellipse(-50, -50, 10, 10, { fill: '#ffffff' });
    painter.glow(100, 100, 20, 20, { fill: '#ffffff' });
    painter.line(-10, 20, -5, 30, 3, { fill: '#ffffff' });
    painter.ring(60, 4, 20, 3, { fill: '#ffffff' });
    drawText(picture, 'Aa0', -200, -200, { size: 12, fill: '#ffffff' });
    drawText(picture, 'Aa0', 4, 4, { size: 40, fill: '#ffffff' });
    expect(at(picture, 0, 0)).toBe(0);
  });
});

describe('lettering', () => {
  const drawn = (text: string) => {
    const picture = createPicture(200, 40);
    drawText(picture, text, 10, 6, { size: 18, fill: '#ffffff' });
    return Buffer.from(picture.y.bytes).toString('latin1');
  };

  it('knows every letter and digit, each in a shape of its own but O and 0', () => {
    const letters = 'ABCDEFGHIJKLMNPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,:-+/&';
    const shapes = new Set(Array.from(letters, drawn));
    expect(shapes.size).toBe(letters.length);
    expect(shapes).not.toContain(drawn('\u0001'));
    expect(shapes).not.toContain(drawn(' '));
  });

  it('drops accents', () => {
    expect(drawn('Café')).toBe(drawn('Cafe'));
  });

  it('gives every digit the same room, so that a clock does not jump', () => {
    const end = (digit: string) => {
      const picture = createPicture(120, 40);
      drawText(picture, `${digit}${digit}I`, 0, 6, { size: 18, fill: '#ffffff' });
      const row = picture.y.bytes.subarray(120 * 15, 120 * 16);
      return row.lastIndexOf(Math.max(...row));
    };
    expect(new Set(Array.from('0123456789', end)).size).toBe(1);
  });

  it('ends where it is told when aligned to the right', () => {
    const picture = createPicture(100, 40);
    drawText(picture, 'HH', 90, 6, { size: 18, fill: '#ffffff', align: 'right' });
    const row = Array.from(picture.y.bytes.subarray(100 * 15, 100 * 16));
    expect(row.slice(93).every((value) => value === 0)).toBe(true);
    expect(row.slice(84, 92).some((value) => value > 200)).toBe(true);
  });
});
