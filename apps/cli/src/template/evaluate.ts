import { Fault, messageOf } from '@pontoon/fault';
import { TemplateFault } from './fault.ts';
import { functions, isTrue } from './functions.ts';
import { type Node, type Operand, type Pipeline, parseTemplate } from './parse.ts';
import { inGo } from './print.ts';

type Variables = Map<string, unknown>;

/**
 * Makes a function of a Go template. Objects are the structs and maps, arrays the slices; a function in an object is a
 * method. A field that is not there is an error, as in Docker's client.
 */
export function compileTemplate(template: string): (data: unknown) => string {
  const nodes = parse(template);
  return (data) => {
    try {
      return renderAll(nodes, data, new Map([['$', data]]));
    } catch (error) {
      throw new Fault('invalid', `template parsing error: template: :1: executing "" ${messageOf(error)}`);
    }
  };
}

/** Texts for `--format` come from shells, where `\t` is two letters. */
export const unescapeFormat = (format: string): string =>
  format.replaceAll('\\t', '\t').replaceAll('\\n', '\n');

function parse(template: string): Node[] {
  try {
    return parseTemplate(template);
  } catch (error) {
    throw new TemplateFault('invalid', `template parsing error: template: :1: ${messageOf(error)}`);
  }
}

function renderAll(nodes: Node[], dot: unknown, variables: Variables): string {
  return nodes.map((node) => render(node, dot, variables)).join('');
}

function render(node: Node, dot: unknown, variables: Variables): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'print':
      return print(node.pipeline, dot, variables);
    case 'range':
      return renderRange(node, dot, variables);
    default: {
      const value = evaluate(node.pipeline, dot, variables);
      if (!isTrue(value)) return renderAll(node.otherwise, dot, variables);
      return renderAll(node.body, node.kind === 'with' ? value : dot, variables);
    }
  }
}

function print(pipeline: Pipeline, dot: unknown, variables: Variables): string {
  const value = evaluate(pipeline, dot, variables);
  if (pipeline.sets.length > 0) return '';
  return value === undefined || value === null ? '<no value>' : inGo(value);
}

function renderRange(
  node: Node & { kind: 'range' | 'if' | 'with' },
  dot: unknown,
  variables: Variables,
): string {
  const value = evaluate({ ...node.pipeline, sets: [] }, dot, variables) ?? [];
  const entries = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return renderAll(node.otherwise, dot, variables);
  const [first, second] = node.pipeline.sets;
  return entries
    .map(([key, item]) => {
      const inner = new Map(variables);
      if (second !== undefined) inner.set(first!, key).set(second, item);
      else if (first !== undefined) inner.set(first, item);
      return renderAll(node.body, item, inner);
    })
    .join('');
}

function evaluate(pipeline: Pipeline, dot: unknown, variables: Variables): unknown {
  let piped: unknown[] = [];
  for (const command of pipeline.commands) piped = [run(command, piped, dot, variables)];
  const value = piped[0];
  for (const name of pipeline.sets) variables.set(name, value);
  return value;
}

function run([first, ...rest]: Operand[], piped: unknown[], dot: unknown, variables: Variables): unknown {
  const args = [...rest.map((operand) => operandValue(operand, dot, variables)), ...piped];
  if (first!.kind === 'function') {
    const call = Object.hasOwn(functions, first!.name) ? functions[first!.name] : undefined;
    if (!call) throw new Fault('invalid', `function "${first!.name}" not defined`);
    return call(...args);
  }
  const value = operandValue(first!, dot, variables);
  if (typeof value === 'function') return value(...args);
  if (args.length > 0) throw new Fault('invalid', "can't give argument to non-function");
  return value;
}

function operandValue(operand: Operand, dot: unknown, variables: Variables): unknown {
  switch (operand.kind) {
    case 'literal':
      return operand.value;
    case 'dot':
      return fieldOf(dot, operand.path);
    case 'variable':
      if (!variables.has(operand.name)) throw new Fault('invalid', `undefined variable "${operand.name}"`);
      return fieldOf(variables.get(operand.name), operand.path);
    case 'pipeline':
      return fieldOf(evaluate(operand.pipeline, dot, new Map(variables)), operand.path);
    case 'function':
      return run([operand], [], dot, variables);
  }
}

function fieldOf(value: unknown, path: string[]): unknown {
  return path.reduce((at: unknown, name) => {
    if (at === null || at === undefined) throw new Fault('invalid', `nil pointer evaluating .${name}`);
    if (typeof at !== 'object')
      throw new Fault('invalid', `can't evaluate field ${name} in type ${typeof at}`);
    if (!Object.hasOwn(at, name))
      throw new Fault('invalid', `at <.${path.join('.')}>: map has no entry for key "${name}"`);
    return (at as Record<string, unknown>)[name];
  }, value);
}
