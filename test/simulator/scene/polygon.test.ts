import { describe, expect, it } from '@jest/globals';
import { eachCoverageRow, type Polygon } from '../../../src/simulator/scene/polygon.ts';

function coverageOf(polygon: Polygon, scale = 1, width = 8, height = 8): number[][] {
  const rows = Array.from({ length: height }, () => new Array<number>(width).fill(0));
  eachCoverageRow(polygon, scale, width, height, (y, fromX, toX, coverage) => {
    for (let x = fromX; x < toX; x++) (rows[y] as number[])[x] = coverage[x] ?? 0;
  });
  return rows;
}

const sum = (rows: number[][]) => rows.flat().reduce((a, b) => a + b, 0);

describe('polygon filling', () => {
  it('covers whole pixels wholly and nothing beside them', () => {
    const rows = coverageOf([2, 1, 4, 1, 4, 3, 2, 3]);
    expect(rows[1]?.slice(0, 6)).toEqual([0, 0, 1, 1, 0, 0]);
    expect(rows[3]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(sum(rows)).toBeCloseTo(4);
  });

  it('covers a pixel by the share of it that lies inside', () => {
    const rows = coverageOf([1.25, 2, 2.5, 2, 2.5, 2.5, 1.25, 2.5]);
    expect(rows[2]?.[1]).toBeCloseTo(0.375);
    expect(rows[2]?.[2]).toBeCloseTo(0.25);
  });

  it.each<[string, Polygon, number]>([
    ['a triangle', [0, 0, 8, 0, 0, 8], 32],
    ['the same the other way round', [0, 8, 8, 0, 0, 0], 32],
    ['a square with a hole', [0, 0, 6, 0, 6, 6, 0, 6, 0, 0, 2, 2, 2, 4, 4, 4, 4, 2, 2, 2], 32],
    ['what reaches over every edge', [-5, -5, 20, -5, 20, 20, -5, 20], 64],
    ['what lies outside', [10, 10, 12, 10, 12, 12], 0],
    ['no area', [1, 1, 5, 1, 5, 1, 1, 1], 0],
  ])('%s covers its area', (_, polygon, area) => {
    expect(sum(coverageOf(polygon))).toBeCloseTo(area, 1);
  });

  it('scales for the chroma planes', () => {
    expect(sum(coverageOf([0, 0, 8, 0, 8, 8, 0, 8], 0.5, 4, 4))).toBeCloseTo(16);
  });
});
