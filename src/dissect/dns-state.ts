import { type DnsQuestion, MAX_VALUES } from "../model/facts.ts";
import type { Stream } from "./stream.ts";

/** Unanswered queries that are remembered, a flow; the oldest gives way. */
const MAX_PENDING = 64;

export type DnsKind = "dns" | "mdns" | "llmnr" | "nbns";

export interface Query {
  id: number;
  name: string;
  type: number;
  side: 0 | 1;
  isAnswered: boolean;
}

/** What a flow of DNS remembers between messages. */
export interface DnsState {
  readonly kind: DnsKind;
  queries: Query[];
  /** Questions by name and type, once there are many. */
  byQuestion: Map<string, DnsQuestion> | undefined;
}

export function beginDns(kind: DnsKind): DnsState {
  return { kind, queries: [], byQuestion: undefined };
}

/** The flow's entry for (name, type); a new one while there is room, undefined beyond. */
export function questionOf(stream: Stream, state: DnsState, name: string, type: string): DnsQuestion | undefined {
  const facts = stream.facts;
  const list = (facts.dns ??= { questions: [] }).questions;
  if (list.length <= 8) {
    for (const question of list) if (question.name === name && question.type === type) return question;
  } else {
    state.byQuestion ??= new Map(list.map((question) => [`${question.type} ${question.name}`, question]));
    const question = state.byQuestion.get(`${type} ${name}`);
    if (question) return question;
  }
  if (list.length >= MAX_VALUES) {
    stream.dropFact();
    return undefined;
  }
  const question: DnsQuestion = { name, type };
  list.push(question);
  state.byQuestion?.set(`${type} ${name}`, question);
  return question;
}

/** Keeps a query until it is answered; asking again changes nothing. */
export function remember(state: DnsState, id: number, name: string, type: number, side: 0 | 1): void {
  const { queries } = state;
  for (const query of queries) if (query.id === id && query.type === type && query.side === side && query.name === name) return;
  if (queries.length >= MAX_PENDING) queries.shift();
  queries.push({ id, name, type, side, isAnswered: false });
}

/** The query of the other side that this answers. */
export function findQuery(state: DnsState, id: number, name: string, type: number, side: 0 | 1): Query | undefined {
  for (const query of state.queries) if (query.id === id && query.side !== side && query.type === type && query.name === name) return query;
  return undefined;
}
