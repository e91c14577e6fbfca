/** One cell with where it begins, both from 1. */
export interface CsvCell {
  text: string;
  line: number;
  column: number;
}

export interface Csv {
  /** Records without those that are empty lines. */
  records: CsvCell[][];
  /** What is no CSV, and where; then the rest is not read. */
  fault: { line: number; column: number; message: string } | undefined;
}

const DELIMITERS = [",", ";", "\t"];

/**
 * CSV as in RFC 4180, strictly: quotes around whole cells only, "" for a quote in them. A byte order mark, CRLF or LF, and
 * comma, semicolon or tab (the one most frequent in the first line) are all taken, as spreadsheets of this continent write them.
 */
export function readCsv(source: string): Csv {
  const text = source.startsWith("\ufeff") ? source.slice(1) : source;
  const delimiter = delimiterOf(text);
  const records: CsvCell[][] = [];
  let record: CsvCell[] = [];
  let line = 1;
  let lineStart = 0;
  let at = 0;

  const endRecord = () => {
    if (record.length > 1 || record[0]?.text !== "") records.push(record);
    record = [];
  };
  const fault = (where: number, message: string): Csv => ({ records, fault: { line, column: where - lineStart + 1, message } });

  while (at <= text.length) {
    const cell: CsvCell = { text: "", line, column: at - lineStart + 1 };
    if (text[at] === '"') {
      const opened = { line, column: cell.column };
      let from = at + 1;
      for (;;) {
        const quote = text.indexOf('"', from);
        if (quote < 0) return { records, fault: { ...opened, message: "a quote is opened and never closed" } };
        cell.text += text.slice(from, quote);
        for (let newline = text.indexOf("\n", from); newline >= 0 && newline < quote; newline = text.indexOf("\n", newline + 1)) {
          line += 1;
          lineStart = newline + 1;
        }
        at = quote + 1;
        if (text[at] !== '"') break;
        cell.text += '"';
        from = at + 1;
      }
      if (at < text.length && text[at] !== delimiter && text[at] !== "\n" && !text.startsWith("\r\n", at))
        return fault(at, "text after a closing quote: put the whole cell in quotes, and write a quote in it twice");
    } else {
      const from = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") {
        if (text[at] === '"') return fault(at, "a quote within a cell: put the whole cell in quotes, and write the quote twice");
        at += 1;
      }
      cell.text = text.slice(from, at);
    }
    record.push(cell);
    if (text[at] === "\r") {
      if (text[at + 1] !== "\n") return fault(at, "a carriage return without a line feed");
      at += 1;
    }
    if (at >= text.length) break;
    if (text[at] === "\n") {
      endRecord();
      line += 1;
      lineStart = at + 1;
    }
    at += 1;
  }
  endRecord();
  return { records, fault: undefined };
}

function delimiterOf(text: string): string {
  const end = text.indexOf("\n");
  const first = end < 0 ? text : text.slice(0, end);
  const counts = DELIMITERS.map((one) => first.split(one).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}
