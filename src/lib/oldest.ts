interface Ordered<Key> {
  keys(): IterableIterator<Key>;
  delete(key: Key): boolean;
}

/**
 * Takes the member that stands longest out of a Set or a Map, again and again. It keeps the place where it was: the plain way,
 * `set.keys().next()`, walks over everything deleted before, so that emptying from the front costs the square of it.
 */
export class Oldest<Key> {
  private readonly of: Ordered<Key>;
  private place: IterableIterator<Key>;

  constructor(of: Ordered<Key>) {
    this.of = of;
    this.place = of.keys();
  }

  /** Deletes it and gives it back; undefined when there is none. `before` sees it while it is still there. */
  take(before?: (key: Key) => void): Key | undefined {
    let next = this.place.next();
    // An iterator at its end stays there, whatever is added later: begin anew.
    if (next.done) {
      this.place = this.of.keys();
      next = this.place.next();
      if (next.done) return undefined;
    }
    before?.(next.value);
    this.of.delete(next.value);
    return next.value;
  }
}
