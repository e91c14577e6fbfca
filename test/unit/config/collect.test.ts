import { describe, expect, it } from "vitest";
import { configSchema } from "../../../src/config/schema.ts";

const parse = (collect: object) => configSchema.safeParse({ collect });

describe("collect", () => {
  it("listens nowhere unless told", () => {
    const { data } = configSchema.safeParse({});
    expect(data?.collect).toMatchObject({ listen: [], exporters: [] });
  });

  it.each(["127.0.0.1:2055", "[::1]:6343", "10.20.0.5:4739"])("takes %s", (listen) => {
    expect(parse({ listen: [listen] }).success).toBe(true);
  });

  it.each(["2055", "127.0.0.1", "::1:2055", "[::1]", "127.0.0.1:0", "127.0.0.1:65536", "router:2055", "[10.0.0.300]:1"])(
    "refuses %s",
    (listen) => {
      expect(parse({ listen: [listen] }).success).toBe(false);
    },
  );
});
