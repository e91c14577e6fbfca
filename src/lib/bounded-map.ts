import { Oldest } from "./oldest.ts";

/** A Map with a cap: when it is full, the entry that stands longest goes (setting a key again does not move it). */
export class BoundedMap<Key, Value> {
  /** Entries that went for want of room. */
  forgotten = 0;
  private readonly map = new Map<Key, Value>();
  private readonly limit: number;
  private readonly onForget: ((key: Key, value: Value) => void) | undefined;
  private readonly oldest: Oldest<Key>;

  /** `onForget` is called for what goes for want of room, not for what is deleted. */
  constructor(limit: number, onForget?: (key: Key, value: Value) => void) {
    this.limit = limit;
    this.onForget = onForget;
    this.oldest = new Oldest(this.map);
  }

  get size(): number {
    return this.map.size;
  }

  get(key: Key): Value | undefined {
    return this.map.get(key);
  }

  has(key: Key): boolean {
    return this.map.has(key);
  }

  set(key: Key, value: Value): void {
    if (this.map.size >= this.limit && !this.map.has(key)) this.forgetOldest();
    this.map.set(key, value);
  }

  delete(key: Key): boolean {
    return this.map.delete(key);
  }

  clear(): void {
    this.map.clear();
  }

  entries(): MapIterator<[Key, Value]> {
    return this.map.entries();
  }

  keys(): MapIterator<Key> {
    return this.map.keys();
  }

  values(): MapIterator<Value> {
    return this.map.values();
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.map.entries();
  }

  private forgetOldest(): void {
    this.forgotten += 1;
    this.oldest.take((key) => this.onForget?.(key, this.map.get(key) as Value));
  }
}
