/**
 * What the Engine API's description says of answers, as facts for test/contract: per operation the statuses and the
 * shape of each, per definition the fields with type, nullability, enum values and which must be there. The
 * description itself (moby, api/swagger.yaml) is not kept here.
 *
 *     tools/node tools/api-facts.ts PATH/TO/swagger.yaml     or PONTOON_API_DESCRIPTION=PATH
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Facts, Operation, Shape } from '../test/contract/facts.ts';
import { root } from './step.ts';

/** The parts of Swagger 2.0 that the description uses. */
interface Schema {
  $ref?: string;
  type?: string;
  'x-nullable'?: boolean;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  allOf?: Schema[];
}

interface Described {
  operationId?: string;
  responses: Record<string, { schema?: Schema }>;
}

interface Description {
  definitions: Record<string, Schema>;
  paths: Record<string, Record<string, Described>>;
}

const methods = ['get', 'head', 'post', 'put', 'delete'];

export function factsOf(description: Description): Facts {
  const definitions = Object.entries(description.definitions).map(
    ([name, schema]) => [name, shapeOf(schema)] as const,
  );
  const operations = Object.entries(description.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs)
      .filter(([verb]) => methods.includes(verb))
      .map(([verb, described]) => operationOf(verb, path, described)),
  );
  return { operations, definitions: Object.fromEntries(definitions) };
}

function operationOf(verb: string, path: string, described: Described): Operation {
  const answers = Object.entries(described.responses).map(
    ([status, { schema }]) => [status, schema ? shapeOf(schema) : null] as const,
  );
  return {
    method: verb.toUpperCase(),
    // The description tells a second form of one path apart by a fragment.
    path: path.replace(/#.*/, ''),
    operation: described.operationId ?? '',
    answers: Object.fromEntries(answers),
  };
}

function shapeOf(schema: Schema): Shape {
  const { type, items, properties, required, additionalProperties: rest, allOf } = schema;
  return {
    ...(schema.$ref && { ref: schema.$ref.replace('#/definitions/', '') }),
    ...(type && { type }),
    ...(schema['x-nullable'] && { nullable: true }),
    ...(schema.enum && { enum: schema.enum }),
    ...(items && { items: shapeOf(items) }),
    ...(properties && { fields: fieldsOf(properties) }),
    ...(required?.length && { required }),
    ...(typeof rest === 'object' && { rest: shapeOf(rest) }),
    ...(allOf && { all: allOf.map(shapeOf) }),
  };
}

function fieldsOf(properties: Record<string, Schema>): Record<string, Shape> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, shapeOf(schema)]));
}

const source = process.argv[2] ?? process.env.PONTOON_API_DESCRIPTION;
if (source === undefined) {
  console.error('name the description: tools/node tools/api-facts.ts PATH/TO/swagger.yaml');
  process.exit(2);
}
const facts = factsOf(parse(readFileSync(source, 'utf8')) as Description);
const lines = [
  ...facts.operations,
  ...Object.entries(facts.definitions).map(([definition, shape]) => ({ definition, shape })),
];
writeFileSync(
  join(root, 'test/contract/facts.jsonl'),
  lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
);
