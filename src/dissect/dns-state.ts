import { type DnsQuestion, MAX_VALUES } from "../model/facts.ts";
import type { Stream } from "./stream.ts";

/** Unanswered queries that are remembered, a flow; the oldest gives way. */
const MAX_PENDING = 64;
/** Never written to. */
const NO_QUERIES: Query[] = [];
/** Stands for a query that was answered before the flow rested. */
const ANSWERED: Query = { id: 0, name: "", type: 0, side: 0, isAnswered: true, word: 0 };

export type DnsKind = "dns" | "mdns" | "llmnr" | "nbns";

export interface Query {
  id: number;
  name: string;
  type: number;
  side: 0 | 1;
  isAnswered: boolean;
  /** Stands for all but the last when the flow rests. */
  word: number;
}

/** What a flow of DNS remembers between messages. */
export interface DnsState {
  readonly kind: DnsKind;
  queries: Query[];
  /** The word of a query that had been answered before the flow rested; 0: none. */
  answered: number;
  /** Questions by name and type, once there are many. */
  byQuestion: Map<string, DnsQuestion> | undefined;
}

export function beginDns(kind: DnsKind, rested = 0): DnsState {
  return { kind, queries: NO_QUERIES, answered: rested, byQuestion: undefined };
}

/** Most flows are one question and its answer: all that is left of them is that it has been answered. */
export function restDns({ queries, answered }: DnsState): number {
  if (queries.length === 0) return answered;
  return queries.length === 1 && answered === 0 && queries[0].isAnswered ? queries[0].word : 0;
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
  if (!stream.hasRoomFor(name)) return undefined;
  const question: DnsQuestion = { name, type };
  list.push(question);
  state.byQuestion?.set(`${type} ${name}`, question);
  return question;
}

/** Keeps a query until it is answered; asking again changes nothing. `hash` is that of the name. */
export function remember(state: DnsState, id: number, name: string, hash: number, type: number, side: 0 | 1): void {
  const { queries } = state;
  for (const query of queries) if (query.id === id && query.type === type && query.side === side && query.name === name) return;
  const word = wordOf(id, hash, type, side);
  if (word === state.answered) return;
  const query = { id, name, type, side, isAnswered: false, word };
  if (queries === NO_QUERIES) {
    state.queries = [query];
    return;
  }
  if (queries.length >= MAX_PENDING) queries.shift();
  queries.push(query);
}

/** The query of the other side that this answers. */
export function findQuery(state: DnsState, id: number, name: string, hash: number, type: number, side: 0 | 1): Query | undefined {
  for (const query of state.queries) if (query.id === id && query.side !== side && query.type === type && query.name === name) return query;
  return state.answered !== 0 && state.answered === wordOf(id, hash, type, side === 0 ? 1 : 0) ? ANSWERED : undefined;
}

/** Never 0. Two queries of one word are taken for one: that costs a name, and nothing is believed that was not asked. */
function wordOf(id: number, hash: number, type: number, side: 0 | 1): number {
  const mixed = Math.imul(hash ^ (hash >>> 15) ^ ((id << 16) | type), 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 13)) << 1) | side || 2;
}
