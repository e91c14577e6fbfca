import { renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openMemory, quote } from "../../../src/history/duckdb.ts";
import { listParts } from "../../../src/history/parts.ts";
import { openHistory, runQuery } from "../../../src/history/query.ts";
import type { QueryOptions } from "../../../src/history/query-options.ts";
import { alert, HOUR, judged, newFolder, newWriter, SECOND } from "./make.ts";

const MINUTE = 60 * SECOND;

async function someHistory(): Promise<string> {
  const folder = newFolder();
  const writer = newWriter(folder);
  // Flow 1: two hours long, three reports; its name is learned late.
  writer.take(judged({ id: 1, kind: "opened", at: HOUR + MINUTE, start: HOUR, newUp: 100, up: 100 }));
  writer.take(
    judged({ id: 1, kind: "counted", at: HOUR + 61 * MINUTE, start: HOUR, since: HOUR + MINUTE, newUp: 200, up: 300, name: "up.acme.eu" }),
  );
  writer.take(
    judged({
      id: 1,
      kind: "closed",
      at: HOUR + 120 * MINUTE,
      start: HOUR,
      since: HOUR + 61 * MINUTE,
      newUp: 700,
      up: 1000,
      name: "up.acme.eu",
    }),
  );
  writer.take(
    judged({
      id: 2,
      at: HOUR + 5 * MINUTE,
      zone: "laboratory",
      country: "US",
      word: "violation",
      from: "10.2.3.4",
      to: "2001:db8::9",
      up: 5_000_000,
      party: "Acme",
    }),
  );
  writer.take(
    judged({
      id: 3,
      at: HOUR + 6 * MINUTE,
      country: "LU",
      from: "10.2.200.1",
      name: "a_b.example.lu",
      facts: { protocols: ["tls", "http2"] },
    }),
  );
  writer.takeAlert(alert("a1", 1));
  writer.takeAlert(alert("a1", 2, { state: "taken", owner: "ana" }));
  writer.takeAlert(alert("a2", 1));
  await writer.flush();
  await writer.close();
  return folder;
}

/** Makes the files of a history what they were before these columns. */
async function withoutColumns(folder: string, names: readonly string[]): Promise<void> {
  const instance = await openMemory({ megabytes: 200, threads: 1, spillFolder: join(folder, "tmp") });
  const connection = await instance.connect();
  for (const { path } of await listParts(folder, "flows")) {
    await connection.run(
      `COPY (SELECT * EXCLUDE (${names.join(", ")}) FROM read_parquet(${quote(path)}, hive_partitioning = false)) TO ${quote(`${path}.old`)} (FORMAT parquet)`,
    );
    renameSync(`${path}.old`, path);
  }
  connection.closeSync();
  instance.closeSync();
}

describe("query", () => {
  it("selects flows by overlap, and counts the bytes of the window", async () => {
    const history = await openHistory(await someHistory());
    const bytes = async (from: number, to: number) => {
      const { columns, rows } = await history.query({ limit: 10, fromMicros: HOUR + from * MINUTE, toMicros: HOUR + to * MINUTE });
      return rows.map((row) => [
        row[columns.indexOf("flow_id")],
        row[columns.indexOf("window_bytes_out")],
        row[columns.indexOf("bytes_out")],
      ]);
    };
    expect(await bytes(0, 200)).toEqual([
      [1, 1000, 1000],
      [3, 1000, 1000],
      [2, 5_000_000, 5_000_000],
    ]);
    expect(await bytes(30, 40)).toEqual([[1, 200, 300]]);
    expect(await bytes(100, 110)).toEqual([[1, 700, 1000]]);
    expect(await bytes(121, 200)).toEqual([]);
  });

  const filters: [string, Partial<QueryOptions>, number[]][] = [
    ["zone", { zone: "laboratory" }, [2]],
    ["country, in any case", { country: "lu" }, [3]],
    ["party", { party: "Acme" }, [2]],
    ["judgement", { judgement: "violation" }, [2]],
    ["address of the initiator", { address: "10.2.3.4" }, [2]],
    ["address of the responder", { address: "2001:db8::9" }, [2]],
    ["IPv4 prefix", { address: "10.2.0.0/16" }, [2, 3]],
    ["IPv6 prefix", { address: "2001:db8::/64" }, [2]],
    ["prefix of nobody", { address: "198.51.100.0/24" }, []],
    ["name", { name: "up.acme.eu" }, [1]],
    ["name pattern", { name: "*.ACME.eu" }, [1]],
    ["name where _ is no pattern", { name: "a_b.*" }, [3]],
    ["name where . and _ are letters", { name: "a.b*" }, []],
    ["text with a quote", { zone: "x' OR '1'='1" }, []],
  ];
  it("gives who else it may be, and what a proxy of the site was asked for", async () => {
    const folder = newFolder();
    const writer = newWriter(folder);
    const also = ["acme-us", "acme-backup"];
    writer.take(judged({ id: 1, at: HOUR, party: "acme", partyAlso: also }));
    writer.take(judged({ id: 2, at: HOUR + SECOND, proxiedTo: "pacs.example:443", forwardedFor: "10.1.0.99" }));
    writer.take(judged({ id: 3, at: HOUR + 2 * SECOND }));
    await writer.flush();
    await writer.close();
    const history = await openHistory(folder);
    const { columns, rows } = await history.query({ limit: 10 });
    const of = (name: string) => rows.map((row) => row[columns.indexOf(name)]).reverse();
    expect(of("party_also")).toEqual([also, null, null]);
    expect(of("proxied_to")).toEqual([null, "pacs.example:443", null]);
    expect(of("forwarded_for")).toEqual([null, "10.1.0.99", null]);
    const asked = await history.query({ sql: "SELECT flow_id FROM flows WHERE list_contains(party_also, 'acme-us')", limit: 10 });
    expect(asked.rows).toEqual([[1]]);
  });

  it("keeps what is said of clients behind a proxy only where that word counts", async () => {
    const folder = newFolder();
    const writer = newWriter(folder);
    const facts = { protocols: ["http"], forwarded: { for: ["203.0.113.77, 10.1.0.99"] } };
    writer.take(judged({ id: 1, at: HOUR, facts, forwardedFor: "10.1.0.99" }));
    writer.take(judged({ id: 2, at: HOUR + SECOND, facts }));
    await writer.flush();
    await writer.close();
    const { rows } = await (await openHistory(folder)).query({ sql: "SELECT facts FROM flows ORDER BY flow_id", limit: 10 });
    expect(rows.map(([text]) => JSON.parse(text as string))).toEqual([facts, { protocols: ["http"] }]);
  });

  it("has a word for what a flow is carried by, and for what that is by itself", async () => {
    const folder = newFolder();
    const writer = newWriter(folder);
    for (const [id, transport] of [1, 33, 50, 89, 115, 253].entries()) writer.take(judged({ id, transport, at: HOUR + id }));
    writer.take(judged({ id: 9, at: HOUR + 9, facts: { protocols: ["tls"] } }));
    await writer.flush();
    await writer.close();
    const { rows } = await (await openHistory(folder)).query({ sql: "SELECT transport, protocols FROM flows ORDER BY flow_id", limit: 10 });
    expect(rows).toEqual([
      ["icmp", ["icmp"]],
      ["dccp", null],
      ["esp", ["ipsec"]],
      ["ospf", ["ospf"]],
      ["l2tp", null],
      ["253", null],
      ["tcp", ["tls"]],
    ]);
  });

  it("reads what was recorded before a column was thought of, alone and beside what has it", async () => {
    const folder = newFolder();
    const writer = newWriter(folder);
    writer.take(judged({ id: 1, at: HOUR, party: "acme" }));
    await writer.flush();
    await writer.close();
    await withoutColumns(folder, ["party_also", "proxied_to", "forwarded_for", "confidence"]);
    const asked = { sql: "SELECT flow_id, party, party_also, proxied_to FROM flows ORDER BY flow_id", limit: 10 };
    const history = await openHistory(folder);
    expect((await history.query(asked)).rows).toEqual([[1, "acme", null, null]]);
    expect((await history.query({ limit: 10 })).rows).toHaveLength(1);
    const next = newWriter(folder);
    next.take(judged({ id: 2, at: HOUR + SECOND, proxiedTo: "pacs.example:443", partyAlso: ["acme-us"] }));
    await next.flush();
    await next.close();
    expect((await history.query(asked)).rows).toEqual([
      [1, "acme", null, null],
      [2, null, ["acme-us"], "pacs.example:443"],
    ]);
  });

  it("filters by what was known of a flow last", async () => {
    const history = await openHistory(await someHistory());
    for (const [title, filter, ids] of filters) {
      const { columns, rows } = await history.query({ limit: 10, ...filter });
      expect(rows.map((row) => row[columns.indexOf("flow_id")]).sort(), title).toEqual(ids);
    }
  });

  it("sees rows that wait for their file, and each row once", async () => {
    const folder = newFolder();
    const writer = newWriter(folder);
    for (let n = 0; n < 10; n += 1) {
      writer.take(judged({ id: n, at: HOUR + n * MINUTE * 20 }));
      if (n === 4) await writer.flush();
    }
    const asked = Promise.all([writer.query({ limit: 100 }), writer.flush(), writer.query({ limit: 100 })]);
    const [before, , during] = await asked;
    expect(before.rows).toHaveLength(10);
    expect(during.rows).toHaveLength(10);
    expect((await writer.query({ limit: 100 })).rows).toHaveLength(10);
    const viaSql = await writer.query({ limit: 5, sql: "SELECT count(*) AS n FROM flow_events" });
    expect(viaSql.rows).toEqual([[10]]);
    await expect(writer.query({ limit: 5, country: "Germany" })).rejects.toThrow("--country");
    await writer.close();
  });

  it("writes tables, CSV and JSON lines", async () => {
    const folder = await someHistory();
    const written = async (options: Partial<QueryOptions> & { format: "table" | "csv" | "json" }) => {
      let text = "";
      const notes: string[] = [];
      await runQuery(
        { folder, limit: 10, ...options },
        (more) => (text += more),
        (note) => notes.push(note),
      );
      return { text, notes };
    };
    const sql = "SELECT zone, sum(bytes_out) AS bytes, count(*) AS flows, max(flow_end) AS latest FROM flows GROUP BY zone ORDER BY zone";
    expect((await written({ sql, format: "table" })).text).toBe(
      "zone         bytes  flows  latest\n----------  ------  -----  --------------------\nimaging     2.0 kB      2  2026-11-21T15:00:00Z\nlaboratory  5.0 MB      1  2026-11-21T13:05:00Z\n",
    );
    const odd = `SELECT 'a"b,c' AS "x,y", NULL AS n, ['p','q'] AS list, 9007199254740993 AS big, chr(10) || 'z' AS line`;
    expect((await written({ sql: odd, format: "csv" })).text).toBe(
      `"x,y",n,list,big,line\r\n"a""b,c",,"[""p"",""q""]",9007199254740993,"\nz"\r\n`,
    );
    // A spreadsheet would run these; numbers, and words with such a sign inside, stay as they are.
    const formulas = `SELECT '=cmd|''/c calc''!A1' AS a, '+1+1' AS b, '-2+3' AS c, '@SUM(1)' AS d, chr(9) || '=1' AS e, -5 AS f, 'a=b' AS g, -9007199254740993 AS h`;
    expect((await written({ sql: formulas, format: "csv" })).text.split("\r\n")[1]).toBe(
      `'=cmd|'/c calc'!A1,'+1+1,'-2+3,'@SUM(1),'\t=1,-5,a=b,-9007199254740993`,
    );
    expect((await written({ sql: odd, format: "json" })).text).toBe(
      `{"x,y":"a\\"b,c","list":["p","q"],"big":"9007199254740993","line":"\\nz"}\n`,
    );
    expect((await written({ sql: "SELECT chr(27) || '[2J' AS c", format: "table" })).text).not.toContain("\u001b");
    const cut = await written({ limit: 1, format: "json" });
    expect(cut.text.split("\n")).toHaveLength(2);
    expect(cut.notes[0]).toContain("only the first 1 rows");
    const row = JSON.parse((await written({ zone: "imaging", country: "LU", format: "json" })).text);
    expect(row).toMatchObject({
      zone: "imaging",
      country: "LU",
      countries: ["LU", "FR"],
      protocols: ["tls", "http2"],
      flow_start: "2026-11-21T13:05:59.000000Z",
    });
  });

  it("gives each alert once, in its newest state", async () => {
    const history = await openHistory(await someHistory());
    const { rows } = await history.query({ limit: 10, sql: "SELECT alert_id, state, owner, document->>'sentence' FROM alerts ORDER BY 1" });
    expect(rows).toEqual([
      ["a1", "taken", "ana", "imaging sent 5 B to US"],
      ["a2", "open", null, "imaging sent 5 B to US"],
    ]);
  });

  it("says when there is nothing", async () => {
    const folder = newFolder();
    const notes: string[] = [];
    expect(
      await runQuery(
        { folder, limit: 10, format: "table" },
        () => undefined,
        (note) => notes.push(note),
      ),
    ).toBe(0);
    expect(notes[0]).toContain("is empty");
    await expect(openHistory(`${folder}/nowhere`)).rejects.toMatchObject({ code: "history_unavailable" });
    const history = await openHistory(folder);
    expect((await history.query({ limit: 1, sql: "SELECT count(*) FROM flows" })).rows).toEqual([[0]]);
    expect((await history.query({ limit: 1, sql: "SELECT count(*) FROM alerts" })).rows).toEqual([[0]]);
  });

  it("refuses filters and limits that make no sense", async () => {
    const history = await openHistory(await someHistory());
    for (const wrong of [
      { country: "Germany" },
      { judgement: "bad" },
      { address: "10.2" },
      { limit: 0 },
      { limit: 1e9 },
      { fromMicros: 2, toMicros: 1 },
    ]) {
      await expect(history.query({ limit: 10, ...wrong }), JSON.stringify(wrong)).rejects.toMatchObject({
        code: "history_query",
        exitCode: 2,
      });
    }
  });
});

describe("SQL of people", () => {
  const allowed = [
    "SELECT 1",
    " -- why\n (SELECT 1)",
    "WITH a AS (SELECT * FROM flows) SELECT count(*) FROM a",
    "FROM flows SELECT count(*)",
    "SELECT 1;",
  ];
  const refused = [
    "",
    "  -- nothing",
    "COPY flows TO '/tmp/stolen.csv'",
    "COPY (SELECT 1) TO '/tmp/stolen.csv'",
    "ATTACH '/tmp/other.db' AS other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "PRAGMA database_list",
    "SET enable_external_access = true",
    "RESET enable_external_access",
    "CREATE TABLE t AS SELECT 1",
    "INSERT INTO t VALUES (1)",
    "DROP VIEW flows",
    "CALL pragma_version()",
    "EXPORT DATABASE '/tmp/stolen'",
    "EXPLAIN ANALYZE SELECT 1",
    "CHECKPOINT",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY flows TO '/tmp/stolen.csv'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/etc/hostname')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM read_parquet('/tmp/*.parquet')",
    "SELECT * FROM parquet_metadata('/etc/passwd')",
    "SELECT getenv('HOME')",
    "SELECT * FROM flows WHERE zone = ?",
    "SELECT $1",
    "SELECT nothing FROM flows",
    "WITH x AS (INSERT INTO flows VALUES (1)) SELECT 1",
    "SELEC 1",
    "SELECT * FROM read_text('FOLDER/flows/../outside.txt')",
  ];
  it("may read the views", async () => {
    const history = await openHistory(await someHistory());
    for (const sql of allowed) expect((await history.query({ limit: 3, sql })).rows.length, sql).toBe(1);
  });

  it("may do nothing else", async () => {
    const folder = await someHistory();
    const { existsSync, writeFileSync } = await import("node:fs");
    writeFileSync(`${folder}/outside.txt`, "secret");
    const history = await openHistory(folder);
    for (const sql of refused) {
      await expect(history.query({ limit: 3, sql: sql.replace("FOLDER", folder) }), sql).rejects.toMatchObject({
        code: "history_query",
        exitCode: 2,
      });
    }
    expect(existsSync("/tmp/stolen.csv") || existsSync("/tmp/stolen")).toBe(false);
  });

  it("cannot write into the history folder either", async () => {
    const folder = await someHistory();
    const history = await openHistory(folder);
    await expect(history.query({ limit: 1, sql: `COPY (SELECT 1) TO '${folder}/flows/x.parquet'` })).rejects.toThrow("only one SELECT");
  });

  it("is stopped when it takes too long", async () => {
    const history = await openHistory(await someHistory());
    const sql = "SELECT count(*) FROM range(10000000000) a WHERE a.range % 7 = 3";
    await expect(history.query({ limit: 1, sql, timeoutSeconds: 0.2 })).rejects.toThrow("longer than 0.2 s");
  });
});
