/** The JSON Schema of sekisho.yml, which editors complete and check by. */
import { z } from 'zod';
import { configSchema } from './config-schema.ts';

/** What of a JSON Schema is walked through here. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | false;
  readonly description?: string;
  readonly [key: string]: unknown;
}

/** The schema, of draft 2020-12. */
export function configJsonSchema(): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input' });
  return {
    $schema,
    title: 'Sekisho configuration (sekisho.yml)',
    description: "How a network's flow logs are read, whom alerts tell, and how the pipeline on AWS is deployed.",
    ...schema,
  } as JsonSchema;
}

/** The names that may stand in the mapping at a path, whichever of its shapes the mapping has. */
export function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): readonly string[] {
  const [key, ...rest] = path;
  const shapes = [schema, ...(schema.anyOf ?? [])];
  if (key === undefined) return [...new Set(shapes.flatMap(({ properties }) => Object.keys(properties ?? {})))];
  return shapes.flatMap(({ properties, items, additionalProperties }) => {
    const next = properties?.[String(key)] ?? (typeof key === 'number' ? items : additionalProperties);
    return next === undefined || next === false ? [] : keysAt(next, rest);
  });
}

/** The mappings, as paths like `alerts.routes`, in which a name may stand. */
export function homesOf(schema: JsonSchema, name: string, path: readonly string[] = []): readonly string[] {
  const here = name in (schema.properties ?? {}) ? [path.join('.')] : [];
  const below = Object.entries(schema.properties ?? {}).flatMap(([key, next]) => homesOf(next, name, [...path, key]));
  const within = [schema.items ?? [], schema.anyOf ?? []].flat().flatMap((next) => homesOf(next, name, path));
  return [...new Set([...here, ...below, ...within])];
}
