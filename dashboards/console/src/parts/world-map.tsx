import { Component } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { MapRow } from "../../../../src/console/wire.ts";
import type { WorldData } from "../../build/world-map.ts";
import { bytes, country } from "../format.ts";
import { mapLook } from "../map-look.ts";
import { mapRows, status } from "../store.ts";
import { VERDICT } from "../words.ts";

interface Frame {
  x: number;
  y: number;
  zoom: number;
}

export interface WorldMapProps {
  world: WorldData;
  selected: string | undefined;
  onSelect: (code: string | undefined) => void;
}

const WORLD: Frame = { x: 0, y: 0, zoom: 1 };
const MARGIN = 60;
const MOST_ZOOM = 16;
const LARGEST_CIRCLE = 190;
const PAN_SHARE = 0.2;

/** Countries filled by what the list says of them, a circle for what goes there. No country is drawn finer than itself. */
export function WorldMap({ world, selected, onSelect }: WorldMapProps) {
  const places = useMemo(() => new Map([...world.countries, ...world.dots].map(({ code, at }) => [code, at] as const)), [world]);
  const europe = useMemo<Frame>(() => ({ x: world.europe.x, y: world.europe.y, zoom: world.width / world.europe.width }), [world]);
  const [frame, setFrame] = useState<Frame>(WORLD);
  const rows = new Map((mapRows.value ?? []).flatMap((row) => (row.code === null ? [] : [[row.code, row] as const])));
  const approved = new Set(status.value?.list?.countries ?? []);
  const move = (next: Frame) => setFrame(clamp(next, world));
  const most = Math.max(1, ...[...rows.values()].map((row) => row.upBytes));
  return (
    <div class="world">
      <svg
        viewBox={`${frame.x - MARGIN} ${frame.y - MARGIN} ${world.width / frame.zoom + 2 * MARGIN} ${world.height / frame.zoom + 2 * MARGIN}`}
        role="img"
        aria-label={`World map: ${rows.size} countries with traffic; the table beside it has the same figures`}
      >
        <path class="land" d={world.others} />
        {world.countries.map(({ code, d }) => (
          <Land key={code} d={d} look={mapLook(rows.get(code), approved.has(code))} isSelected={selected === code} />
        ))}
        {[...rows.values()].map((row) => (
          <Circle
            key={row.id}
            row={row}
            at={places.get(row.code ?? "")}
            most={most}
            zoom={frame.zoom}
            isSelected={selected === row.code}
            onSelect={onSelect}
          />
        ))}
      </svg>
      <fieldset class="map-buttons">
        <legend class="unseen">Map view</legend>
        <button type="button" aria-pressed={frame === WORLD} onClick={() => setFrame(WORLD)}>
          World
        </button>
        <button type="button" aria-pressed={frame === europe} onClick={() => setFrame(europe)}>
          Europe
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => move(zoomed(frame, 1.6, world))}>
          +
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => move(zoomed(frame, 1 / 1.6, world))}>
          −
        </button>
        {PANS.map(([word, arrow, x, y]) => (
          <button
            key={word}
            type="button"
            aria-label={word}
            onClick={() =>
              move({
                ...frame,
                x: frame.x + (x * PAN_SHARE * world.width) / frame.zoom,
                y: frame.y + (y * PAN_SHARE * world.height) / frame.zoom,
              })
            }
          >
            {arrow}
          </button>
        ))}
      </fieldset>
      {selected === undefined ? null : <Chosen code={selected} row={rows.get(selected)} isDrawn={places.has(selected)} />}
    </div>
  );
}

const PANS: [string, string, number, number][] = [
  ["West", "←", -1, 0],
  ["East", "→", 1, 0],
  ["North", "↑", 0, -1],
  ["South", "↓", 0, 1],
];

/** Painted again only when its own look changes: one country, not all of them. */
class Land extends Component<{ d: string; look: string; isSelected: boolean }> {
  override shouldComponentUpdate(next: { look: string; isSelected: boolean }): boolean {
    return next.look !== this.props.look || next.isSelected !== this.props.isSelected;
  }

  override render() {
    return <path class={`land ${this.props.look}${this.props.isSelected ? " chosen" : ""}`} d={this.props.d} />;
  }
}

function Circle({
  row,
  at,
  most,
  zoom,
  isSelected,
  onSelect,
}: {
  row: MapRow;
  at: readonly [number, number] | undefined;
  most: number;
  zoom: number;
  isSelected: boolean;
  onSelect: (code: string | undefined) => void;
}) {
  if (!at || row.upBytes <= 0) return null;
  // Area, not radius, is in proportion; circles shrink on the map as it grows so that they keep their size on screen.
  const radius = (Math.max(26, LARGEST_CIRCLE * Math.sqrt(row.upBytes / most)) / zoom) * Math.min(2, Math.sqrt(zoom));
  const title = `${country(row.code)}: ${bytes(row.upBytes)} up, ${row.verdict === null ? "not located" : VERDICT[row.verdict].word}`;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the table beside the map does the same by keyboard.
    <g
      class={`blob-group ${row.judgement}${isSelected ? " chosen" : ""}`}
      onClick={() => onSelect(isSelected ? undefined : (row.code ?? undefined))}
    >
      <title>{title}</title>
      <circle class="blob" cx={at[0]} cy={at[1]} r={radius} />
      {row.openAlerts > 0 ? <path class="blob-alert" d={hexagon(at[0], at[1], Math.max(radius * 0.45, 60 / zoom))} /> : null}
    </g>
  );
}

function Chosen({ code, row, isDrawn }: { code: string; row: MapRow | undefined; isDrawn: boolean }) {
  return (
    <p class="chosen-text">
      <b>{country(code)}</b>{" "}
      {row
        ? `${bytes(row.upBytes)} up, ${bytes(row.downBytes)} down, ${row.flows} new flows, ${row.openAlerts} open alerts`
        : "nothing in this window"}
      {isDrawn ? "" : " · not drawn on this map"}
    </p>
  );
}

function hexagon(x: number, y: number, r: number): string {
  const dx = r / 2;
  const dy = r * 0.87;
  return `M${x - dx} ${y - dy}h${r}l${dx} ${dy}l${-dx} ${dy}h${-r}l${-dx} ${-dy}z`;
}

function zoomed(frame: Frame, factor: number, world: WorldData): Frame {
  const zoom = Math.min(MOST_ZOOM, Math.max(1, frame.zoom * factor));
  const middleX = frame.x + world.width / frame.zoom / 2;
  const middleY = frame.y + world.height / frame.zoom / 2;
  return { zoom, x: middleX - world.width / zoom / 2, y: middleY - world.height / zoom / 2 };
}

function clamp({ x, y, zoom }: Frame, world: WorldData): Frame {
  return {
    zoom,
    x: Math.min(world.width - world.width / zoom, Math.max(0, x)),
    y: Math.min(world.height - world.height / zoom, Math.max(0, y)),
  };
}
