import { describe, expect, test } from "vitest";
import { readCsv } from "../../../src/config/csv.ts";

const texts = (source: string) => readCsv(source).records.map((record) => record.map((cell) => cell.text));

describe("what spreadsheets write", () => {
  test.each<[string, string, string[][]]>([
    [
      "plain",
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "no line end at the end",
      "a,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["a byte order mark", "\ufeffa,b\n", [["a", "b"]]],
    [
      "CRLF",
      "a,b\r\n1,2\r\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "semicolons",
      "a;b\n1,5;2\n",
      [
        ["a", "b"],
        ["1,5", "2"],
      ],
    ],
    [
      "tabs",
      "a\tb\n1\t2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "quotes",
      'a,b\n"x, y","say ""hi"""\n',
      [
        ["a", "b"],
        ["x, y", 'say "hi"'],
      ],
    ],
    [
      "lines within a cell",
      'a,b\n"x\ny",2\n',
      [
        ["a", "b"],
        ["x\ny", "2"],
      ],
    ],
    [
      "empty cells, and lines",
      "a,b\n\n,2\n\n",
      [
        ["a", "b"],
        ["", "2"],
      ],
    ],
    [
      "a cell of nothing but quotes",
      'a,b\n"",2\n',
      [
        ["a", "b"],
        ["", "2"],
      ],
    ],
    ["nothing", "", []],
  ])("%s", (_, source, expected) => {
    expect(readCsv(source).fault).toBeUndefined();
    expect(texts(source)).toEqual(expected);
  });
});

test("cells know where they are, also after a cell of two lines", () => {
  const { records } = readCsv('a,b\n"x\ny",2\nz,3\n');
  expect(records.map((record) => record.map(({ line, column }) => `${line}:${column}`))).toEqual([
    ["1:1", "1:3"],
    ["2:1", "3:4"],
    ["4:1", "4:3"],
  ]);
});

test.each([
  ["a quote never closed", 'a,b\n1,"2\n3', { line: 2, column: 3 }],
  ["text after a quote", 'a,b\n"1"x,2', { line: 2, column: 4 }],
  ["a quote in the middle", 'a,b\n1"2,3', { line: 2, column: 2 }],
  ["a carriage return alone", "a,b\r1,2", { line: 1, column: 4 }],
])("%s is a fault, with its place", (_, source, place) => {
  expect(readCsv(source).fault).toMatchObject(place);
});
