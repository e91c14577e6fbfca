import { z } from "zod";
import type { JurisdictionList } from "../model/site.ts";
import { asset } from "./options/assets.ts";
import { authorisation } from "./options/authorisations.ts";
import { jurisdictionList } from "./options/jurisdictions.ts";
import { party } from "./options/parties.ts";
import { DEFAULT_INSIDE } from "./options/site.ts";
import { zone } from "./options/zones.ts";
import type { ParsedConfig } from "./schema.ts";
import { network } from "./values.ts";
import { core } from "./walk.ts";

/** undefined where a value is wrong in itself, so that everything else can still be checked; indexes are those of the file. */
type Holes<T> = { readonly [K in keyof T]?: NonNullable<T[K]> extends readonly (infer Item)[] ? readonly (Item | undefined)[] : T[K] };
type Entries<S extends z.ZodType> = readonly Holes<z.output<S>>[];

/**
 * A configuration on its way to be checked as a whole, though parts of it may be wrong: the operator should hear of
 * everything at once.
 */
export interface Draft {
  inside: readonly (string | undefined)[];
  zones: Entries<typeof zone>;
  assets: Entries<typeof asset>;
  jurisdiction: string | undefined;
  jurisdictions: Entries<typeof jurisdictionList>;
  /** Indexes of those that state neither an address nor a MAC address, not even a wrong one. */
  assetsWithoutMark: ReadonlySet<number>;
  parties: Entries<typeof party>;
  authorisations: Entries<typeof authorisation>;
  site: { latitude: unknown; longitude: unknown };
  tapPosition: unknown;
  /** `inside` is not written. */
  isInsideDefault: boolean;
  builtInLists: readonly JurisdictionList[];
  /** All names given, also wrong ones: a reference to one of these is not unknown. */
  names: { zones: ReadonlySet<string>; parties: ReadonlySet<string>; lists: ReadonlySet<string> };
}

/** Zones that exist without being written: over everything when no zone is written, over the rest when some are. */
export const WHOLE_ZONE = "inside";
export const REST_ZONE = "unassigned";

/** `parsed`: the whole as the schema took it; undefined when something in it is wrong. */
export function draftOf(raw: unknown, parsed: ParsedConfig | undefined, builtInLists: readonly JurisdictionList[]): Draft {
  const top = asRecord(raw);
  const site = asRecord(top.site);
  const inside = top.inside === undefined ? DEFAULT_INSIDE : top.inside;
  return {
    inside: parsed?.inside ?? (Array.isArray(inside) ? inside.map((item) => take(network(), item)) : []),
    zones: parsed?.zones ?? salvage(zone, top.zones),
    assets: parsed?.assets ?? salvage(asset, top.assets),
    jurisdiction: typeof top.jurisdiction === "string" ? top.jurisdiction : undefined,
    jurisdictions: parsed?.jurisdictions ?? salvage(jurisdictionList, top.jurisdictions),
    assetsWithoutMark: new Set(withoutMark(top.assets)),
    parties: parsed?.parties ?? salvage(party, top.parties),
    authorisations: parsed?.authorisations ?? salvage(authorisation, top.authorisations),
    site: { latitude: site.latitude, longitude: site.longitude },
    tapPosition: site.tap,
    isInsideDefault: top.inside === undefined,
    builtInLists,
    names: {
      zones: new Set([...namesIn(top.zones), top.zones === undefined ? WHOLE_ZONE : REST_ZONE]),
      parties: new Set(namesIn(top.parties)),
      lists: new Set([...builtInLists.map((list) => list.name), ...namesIn(top.jurisdictions)]),
    },
  };
}

/** What is right of each entry of a list. */
function salvage<S extends z.ZodObject>(schema: S, value: unknown): Entries<S> {
  if (!Array.isArray(value)) return [];
  const options: [string, z.core.$ZodType][] = Object.entries(schema.shape);
  return value.map((item) => {
    if (!isRecord(item)) return {} as Holes<z.output<S>>;
    const parts = options.map(([key, option]) => {
      const inner = core(option);
      const given = item[key];
      const isList = inner instanceof z.ZodArray && Array.isArray(given);
      return [key, isList ? given.map((one) => take(inner.element, one)) : take(option, given)] as const;
    });
    return Object.fromEntries(parts) as Holes<z.output<S>>;
  });
}

function take<S extends z.core.$ZodType>(schema: S, value: unknown): z.output<S> | undefined {
  return z.safeParse(schema, value, { jitless: true }).data;
}

function namesIn(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.map((item) => asRecord(item).name).filter((name) => typeof name === "string");
}

function withoutMark(value: unknown): number[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item, n) => (isRecord(item) && item.address === undefined && item.mac === undefined ? [n] : []));
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
