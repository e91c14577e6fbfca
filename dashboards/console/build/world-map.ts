import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { geoArea, geoCentroid, geoNaturalEarth1, geoPath } from "d3-geo";
import type { Feature, FeatureCollection, MultiPolygon, Point, Polygon, Position } from "geojson";
import countryCodes from "i18n-iso-countries";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Plugin } from "vite";

const NAME = "virtual:world-data";
/** Width of the drawing in its own units: whole numbers, so that a path is short. */
const WIDTH = 9600;

/** What the page gets of the world: `d` is an SVG path; `at` is the middle of the largest part, where a circle goes. */
export interface WorldData {
  width: number;
  height: number;
  /** Where to look for Europe. */
  europe: { x: number; y: number; width: number };
  countries: { code: string; d: string; at: [number, number] }[];
  /** Land that no code of ISO 3166-1 is drawn for: shown, never coloured. */
  others: string;
  /** Codes too small to be drawn: a place for their circle. */
  dots: { code: string; at: [number, number] }[];
}

/** Parts that the source draws within another country although they have a code of their own (ISO 3166-1). */
const SPLITS: { from: string; to: string; west: number; east: number; south: number; north: number }[] = [
  { from: "NL", to: "BQ", west: -70, east: -60, south: 10, north: 19 },
  { from: "NO", to: "SJ", west: -10, east: 40, south: 70.5, north: 82 },
  { from: "FR", to: "GF", west: -56, east: -50, south: 1, north: 7 },
  { from: "FR", to: "GP", west: -62.5, east: -60.5, south: 15.7, north: 17 },
  { from: "FR", to: "MQ", west: -61.5, east: -60.5, south: 14, north: 15.2 },
  { from: "FR", to: "RE", west: 55, east: 56, south: -22, north: -20 },
  { from: "FR", to: "YT", west: 44.5, east: 45.7, south: -13.5, north: -12 },
];

/** Degrees east, north, of places the source does not draw at all. */
const DOTS: Record<string, [number, number]> = {
  GI: [-5.35, 36.14],
  TK: [-171.85, -9.2],
  CX: [105.65, -10.45],
  CC: [96.83, -12.17],
  BV: [3.4, -54.4],
  UM: [166.6, 19.3],
  TV: [179.2, -8.5],
};

/** Without a number in the source, but with a code in use (XK is user-assigned, as the EU writes it). */
const BY_NAME: Record<string, string> = { Kosovo: "XK" };

/** Gives the page the world as SVG paths, projected (Natural Earth) and rounded while building: no geometry runs in the browser. */
export function worldMap(): Plugin {
  return {
    name: "world-map",
    resolveId: (id) => (id === NAME ? `\0world-data` : undefined),
    load: (id) => (id === "\0world-data" ? `export const world = JSON.parse(${JSON.stringify(JSON.stringify(drawWorld()))});` : undefined),
  };
}

type Land = Polygon | MultiPolygon;

export function drawWorld(): WorldData {
  const require = createRequire(import.meta.url);
  const topology = JSON.parse(readFileSync(require.resolve("world-atlas/countries-50m.json"), "utf8")) as Topology<{
    countries: GeometryCollection<{ name: string }>;
  }>;
  const all = feature(topology, topology.objects.countries) as FeatureCollection<Land, { name: string }>;
  const parts = new Map<string, Position[][][]>();
  const others: Position[][][] = [];
  for (const country of all.features) {
    const code = codeOf(country);
    if (code === "AQ") continue;
    const polygons = country.geometry.type === "Polygon" ? [country.geometry.coordinates] : country.geometry.coordinates;
    if (code === undefined) others.push(...polygons);
    else for (const polygon of polygons) add(parts, splitOf(code, polygon), polygon);
  }
  const whole: FeatureCollection<Land, null> = {
    type: "FeatureCollection",
    features: [...parts.values()].map((coordinates) => landOf(coordinates)),
  };
  const projection = geoNaturalEarth1().rotate([-11, 0]).precision(0.3);
  projection.fitWidth(WIDTH, whole);
  const [, [, bottom]] = geoPath(projection).bounds(whole);
  const draw = (polygons: Position[][][]) => shorten(geoPath(projection).digits(0)(landOf(polygons)) ?? "");
  const place = (position: Position): [number, number] => {
    const [x, y] = projection(position as [number, number]) ?? [0, 0];
    return [Math.round(x), Math.round(y)];
  };
  // From the North Cape to Crete, in the proportions of the whole drawing.
  const [[, north], [, south], [middle]] = [place([25, 71.5]), place([25, 34.5]), place([14, 50])];
  const europeWidth = Math.round(((south - north) * WIDTH) / bottom);
  const countries = [...parts].map(([code, polygons]) => ({ code, d: draw(polygons), at: place(centroidOfLargest(polygons)) }));
  countries.sort((a, b) => (a.code < b.code ? -1 : 1));
  const dots = Object.entries(DOTS).filter(([code]) => !parts.has(code));
  return {
    width: WIDTH,
    height: Math.ceil(bottom),
    europe: { x: Math.round(middle - europeWidth / 2), y: north, width: europeWidth },
    countries: countries.filter((country) => country.d !== ""),
    others: draw(others),
    dots: dots.map(([code, at]) => ({ code, at: place(at) })),
  };
}

function codeOf(country: Feature<Land, { name: string }>): string | undefined {
  const byName = BY_NAME[country.properties.name];
  if (byName) return byName;
  return country.id === undefined ? undefined : countryCodes.numericToAlpha2(String(country.id));
}

function splitOf(code: string, polygon: Position[][]): string {
  const [longitude, latitude] = geoCentroid({ type: "Polygon", coordinates: polygon });
  const split = SPLITS.find(
    (box) => box.from === code && longitude > box.west && longitude < box.east && latitude > box.south && latitude < box.north,
  );
  return split?.to ?? code;
}

function centroidOfLargest(polygons: Position[][][]): Position {
  const largest = polygons.reduce((a, b) =>
    geoArea({ type: "Polygon", coordinates: b }) > geoArea({ type: "Polygon", coordinates: a }) ? b : a,
  );
  return geoCentroid({ type: "Polygon", coordinates: largest } satisfies Polygon) satisfies Point["coordinates"];
}

function landOf(coordinates: Position[][][]): Feature<Land, null> {
  return { type: "Feature", properties: null, geometry: { type: "MultiPolygon", coordinates } };
}

function add(parts: Map<string, Position[][][]>, code: string, polygon: Position[][]): void {
  const known = parts.get(code);
  if (known) known.push(polygon);
  else parts.set(code, [polygon]);
}

/** An absolute path of moves and lines as a relative one, without lines of no length and rings too small to be seen. */
function shorten(path: string): string {
  let out = "";
  for (const ring of path.split("M").slice(1)) {
    const points = ring
      .replace(/Z$/, "")
      .split("L")
      .map((pair) => pair.split(",").map(Number));
    const kept = points.filter(([x, y], index) => index === 0 || x !== points[index - 1][0] || y !== points[index - 1][1]);
    if (kept.length < 3) continue;
    let [x, y] = kept[0];
    out += `M${x} ${y}l`;
    out += kept
      .slice(1)
      .map(([nextX, nextY]) => {
        const step = `${nextX - x} ${nextY - y}`;
        [x, y] = [nextX, nextY];
        return step;
      })
      .join(" ")
      .replace(/ -/g, "-");
    out += "z";
  }
  return out;
}
