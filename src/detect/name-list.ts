/** A list of domain suffixes from configuration: "acme.eu" matches itself and all below it. */
export class NameList {
  private readonly suffixes: ReadonlySet<string>;

  constructor(names: readonly unknown[]) {
    this.suffixes = new Set(names.filter((name) => typeof name === "string").map((name) => name.toLowerCase()));
  }

  get isEmpty(): boolean {
    return this.suffixes.size === 0;
  }

  has(name: string | undefined): boolean {
    if (name === undefined || this.suffixes.size === 0) return false;
    let rest = name.toLowerCase();
    for (;;) {
      if (this.suffixes.has(rest)) return true;
      const dot = rest.indexOf(".");
      if (dot < 0) return false;
      rest = rest.slice(dot + 1);
    }
  }
}
