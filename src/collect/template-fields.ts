import { leastBytesOf, Template } from "./template.ts";

/** A template with more fields than this is none of a flow exporter: the longest known has about 130. */
const MOST_FIELDS = 512;

/** Gathers the fields of one template. */
export class TemplateFields {
  private readonly places: number[] = [];
  private readonly lengths: number[] = [];

  add(place: number, length: number): void {
    this.places.push(place);
    this.lengths.push(length);
  }

  /** Undefined when its records would have no byte. */
  template(id: number, isOptions: boolean): Template | undefined {
    const lengths = Uint16Array.from(this.lengths);
    return leastBytesOf(lengths) === 0 ? undefined : new Template(id, isOptions, Int16Array.from(this.places), lengths);
  }
}

export function isBelievable(fields: number): boolean {
  return fields <= MOST_FIELDS;
}
