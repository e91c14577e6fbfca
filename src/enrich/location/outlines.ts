import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { AppError, reasonOf } from "../../lib/errors.ts";
import { type GeoHeader, readGeoFile, writeGeoFile } from "./geo-file.ts";
import { RangeArraysBuilder } from "./range-table.ts";

/** Points of an outline are at most so far apart, so that the nearest point is nearly the nearest place of the border. */
const SPACING_KM = 40;
const KM_PER_DEGREE = 111.2;
/** Degrees are kept as whole hundredths: 1.1 km at most. */
const SCALE = 100;

/** Outlines of countries: rings of points, each ring closed by its first point. */
export interface Outlines {
  /** ISO 3166-1 alpha-2, one a country. */
  countries: readonly string[];
  /** Country (index) and number of points of each ring. */
  rings: Int32Array;
  /** Longitude << 16 | latitude & 0xffff, both in hundredths of a degree, ring after ring. */
  points: Int32Array;
}

/** The parts of a TopoJSON file that are read here (github.com/topojson/topojson-specification). */
interface Topology {
  transform: { scale: [number, number]; translate: [number, number] };
  arcs: [number, number][][];
  objects: { countries: { geometries: { type: string; id?: string; arcs: number[][] | number[][][] }[] } };
}

/** Compiles country outlines from a TopoJSON file whose ids are ISO 3166-1 numeric codes. Throws `geo_corrupt`. */
export function compileOutlines(out: string, file: string, header: GeoHeader): void {
  const numeric: [string, string, string][] = createRequire(import.meta.url)("i18n-iso-countries/codes.json");
  const codes = new Map(numeric.map(([alpha2, , number]) => [number, alpha2]));
  const countries: string[] = [];
  const rings: number[] = [];
  const points: number[] = [];
  try {
    const topology: Topology = JSON.parse(readFileSync(file, "utf8"));
    const arcs = topology.arcs.map((arc) => decoded(arc, topology.transform));
    for (const { type, id, arcs: shape } of topology.objects.countries.geometries) {
      const code = codes.get(String(id).padStart(3, "0"));
      if (code === undefined) continue;
      const polygons = (type === "Polygon" ? [shape] : shape) as number[][][];
      for (const ring of polygons.flat()) {
        const count = addRing(
          points,
          ring.flatMap((arc) => (arc >= 0 ? arcs[arc] : [...arcs[~arc]].reverse())),
        );
        rings.push(countries.length, count);
      }
      countries.push(code);
    }
  } catch (error) {
    throw new AppError("geo_corrupt", `${file}: is no TopoJSON of countries (${reasonOf(error)}); run "npm ci"`, { cause: error });
  }
  const nothing = new RangeArraysBuilder().build();
  writeGeoFile(out, { ...header, words: countries }, nothing, { rings: Int32Array.from(rings), points: Int32Array.from(points) });
}

/** Reads compiled outlines back. Throws `geo_missing` or `geo_corrupt`. */
export function loadOutlines(path: string): Outlines {
  const { header, ints } = readGeoFile(path);
  return { countries: header.words ?? [], rings: ints("rings"), points: ints("points") };
}

export function longitudeOf(point: number): number {
  return (point >> 16) / SCALE;
}

export function latitudeOf(point: number): number {
  return ((point << 16) >> 16) / SCALE;
}

function decoded(arc: readonly [number, number][], { scale, translate }: Topology["transform"]): [number, number][] {
  let x = 0;
  let y = 0;
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
}

/** Adds the points of a ring and, on long edges, points between; returns how many. */
function addRing(points: number[], ring: readonly [number, number][]): number {
  let count = 0;
  for (const [n, [x, y]] of ring.entries()) {
    const [nextX, nextY] = ring[(n + 1) % ring.length];
    const steps = Math.max(1, Math.ceil((Math.hypot(nextX - x, nextY - y) * KM_PER_DEGREE) / SPACING_KM));
    for (let step = 0; step < steps; step += 1) {
      const share = step / steps;
      points.push((Math.round((x + (nextX - x) * share) * SCALE) << 16) | (Math.round((y + (nextY - y) * share) * SCALE) & 0xffff));
      count += 1;
    }
  }
  return count;
}
