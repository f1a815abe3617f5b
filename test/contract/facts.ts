/** The Engine API's answers as data: made by tools/api-facts.ts from the description of API 1.50. */
import { readFileSync } from 'node:fs';

/** A JSON value's shape, in the words of Swagger 2.0. */
export interface Shape {
  /** The name of a definition. */
  ref?: string;
  type?: string;
  nullable?: true;
  enum?: unknown[];
  items?: Shape;
  fields?: Record<string, Shape>;
  required?: string[];
  /** Of the fields that have no name of their own. */
  rest?: Shape;
  /** All of these at once. */
  all?: Shape[];
}

export interface Operation {
  method: string;
  path: string;
  operation: string;
  /** By status; null where the answer has no JSON. */
  answers: Record<string, Shape | null>;
}

export interface Facts {
  operations: Operation[];
  definitions: Record<string, Shape>;
}

type Line = Operation | { definition: string; shape: Shape };

export function readFacts(): Facts {
  const text = readFileSync(new URL('facts.jsonl', import.meta.url), 'utf8');
  const facts: Facts = { operations: [], definitions: {} };
  for (const line of text
    .trim()
    .split('\n')
    .map((row) => JSON.parse(row) as Line)) {
    if ('definition' in line) facts.definitions[line.definition] = line.shape;
    else facts.operations.push(line);
  }
  return facts;
}
