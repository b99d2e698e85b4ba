/** The configuration's text to the configuration, or everything that is wrong with it. */
import { isMap, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { z } from 'zod';
import { checkAlerts, repeats, toAlerts } from './alert-settings.ts';
import type { Complaint } from './complaint.ts';
import { configSchema, type ReadConfig } from './config-schema.ts';
import { DEFAULT_CONFIG, type Config } from './config.ts';
import { checkDeployment, toDeployment } from './deployment-settings.ts';
import { configJsonSchema } from './json-schema.ts';
import { toLists } from './list-settings.ts';
import { unknownSetting, valueProblem } from './problem-text.ts';
import { checkFormats, type FormatReader } from './format-checks.ts';
import { soundPart } from './sound-part.ts';
import { checkSources } from './source-checks.ts';
import { SOURCE_KEYS, toSources } from './source-settings.ts';
import { checkStorage, toStorage } from './storage-settings.ts';

/** Something wrong in the configuration. */
export interface ConfigProblem {
  /** With its place and its setting: ``sekisho.yml:3:5: `sources.0.format`: …``. */
  readonly message: string;
  /** The setting, such as `sources.0.format`; empty for what belongs to none. */
  readonly setting: string;
  /** What is wrong, and what to do. */
  readonly reason: string;
}

/**
 * Reads a configuration's text; every problem comes with its place in the file `name`.
 * Formats come later in the house: `readFormat` is what reads them there.
 */
export function parseConfig(name: string, text: string, readFormat?: FormatReader): Config | readonly ConfigProblem[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problemAt = (offset: number, reason: string, setting = ''): ConfigProblem => {
    const { line, col } = lines.linePos(offset);
    return { message: `${name}:${line}:${col}: ${setting === '' ? '' : `\`${setting}\`: `}${reason}`, setting, reason };
  };
  if (document.errors.length > 0) {
    return document.errors.map(({ pos, message }) => {
      const reason = message.split('\n')[0]!.replace(/ at line.*$/, '');
      return problemAt(pos[0], `not readable as YAML: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`);
    });
  }
  const dangling = unresolvedAlias(document);
  if (dangling !== undefined) {
    const { name: alias, offset } = dangling;
    return [problemAt(offset, `\`*${alias}\` stands for nothing: there is no \`&${alias}\` before it`)];
  }
  const problem = ({ path, message }: Complaint): PlacedProblem => {
    const offset = offsetOf(document, path);
    return { offset, problem: problemAt(offset, message, path.join('.')) };
  };
  const written: unknown = document.toJS() ?? {};
  const parsed = configSchema.safeParse(written, { error: valueProblem });
  if (parsed.success) {
    const config = toConfig(parsed.data);
    const complaints = checkConfig(parsed.data, config, readFormat);
    return complaints.length === 0 ? config : inOrder(complaints.map(problem));
  }
  const schema = configJsonSchema();
  const unknown = (path: readonly PropertyKey[], key: string): PlacedProblem => {
    const offset = keyOffset(document, path, key);
    return { offset, problem: problemAt(offset, unknownSetting(schema, path, key)) };
  };
  const faults = parsed.error.issues
    .flatMap((issue) => issuesOf(issue, written))
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => unknown(issue.path, key)) : [problem(issue)],
    );
  return inOrder([...faults, ...checkTheRest(written, parsed.error.issues, readFormat).map(problem)]);
}

interface PlacedProblem {
  readonly offset: number;
  readonly problem: ConfigProblem;
}

/** As they stand in the file, for whoever mends them from top to bottom. */
function inOrder(problems: readonly PlacedProblem[]): readonly ConfigProblem[] {
  return [...problems].sort((a, b) => a.offset - b.offset).map(({ problem }) => problem);
}

/** What is wrong among the settings that are right one by one, where others are not: all is told in one go. */
function checkTheRest(
  written: unknown,
  issues: readonly z.core.$ZodIssue[],
  readFormat: FormatReader | undefined,
): readonly Complaint[] {
  const { sound, place } = soundPart(written, issues);
  const parsed = configSchema.safeParse(sound);
  return parsed.success ? checkConfig(parsed.data, toConfig(parsed.data), readFormat).map(place) : [];
}

function toConfig(read: ReadConfig): Config {
  return {
    networks: read.networks ?? DEFAULT_CONFIG.networks,
    servicePorts: read.service_ports ?? DEFAULT_CONFIG.servicePorts,
    sources: toSources(read.sources ?? []),
    rules: read.rules ?? DEFAULT_CONFIG.rules,
    lists: toLists(read.lists),
    timeZone: read.time_zone ?? DEFAULT_CONFIG.timeZone,
    alerts: toAlerts(read.alerts),
    windows: { stateLimit: read.windows?.state_limit ?? DEFAULT_CONFIG.windows.stateLimit },
    storage: toStorage(read.storage),
    ...toDeployment(read),
  };
}

/** What is wrong with settings that are right one by one. */
function checkConfig(read: ReadConfig, config: Config, readFormat: FormatReader | undefined): readonly Complaint[] {
  return [
    ...checkDeployment(config),
    ...checkSources(read.sources ?? [], config.deployment, config.storage.bucket),
    ...(readFormat === undefined ? [] : checkFormats(read.sources ?? [], config.sources, readFormat)),
    ...checkAlerts(read.alerts, config.deployment),
    ...checkStorage(read.storage, config.deployment),
    ...repeats(config.operations.emails, ['operations', 'emails']),
    ...repeats(config.members.accounts, ['members', 'accounts']),
  ];
}

/** What is wrong with a source is said of the kind that was meant, by its `log_group` or its `bucket`. */
function issuesOf(issue: z.core.$ZodIssue, written: unknown): readonly (z.core.$ZodIssue | SourceIssue)[] {
  const [section, index] = issue.path;
  if (issue.code !== 'invalid_union' || section !== 'sources' || issue.path.length !== 2) return [issue];
  const source = (written as { readonly sources: readonly unknown[] }).sources[Number(index)];
  const keys = typeof source === 'object' && source !== null && !Array.isArray(source) ? Object.keys(source) : [];
  const kinds = ['log_group', 'bucket'].filter((kind) => keys.includes(kind));
  if (kinds.length === 1) {
    const [logGroup, bucket] = issue.errors;
    const errors = (kinds[0] === 'log_group' ? logGroup : bucket) ?? [];
    return errors.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
  }
  const strangers = keys.filter((key) => !SOURCE_KEYS.has(key));
  if (strangers.length > 0) return [{ code: 'unrecognized_keys', path: issue.path, keys: strangers }];
  const said = kinds.length === 0 ? 'and this has neither' : 'and this has both: make two of it';
  return [{ code: 'custom', path: issue.path, message: `a source has a \`log_group\` or a \`bucket\`, ${said}` }];
}

type SourceIssue =
  | (Complaint & { readonly code: 'custom' })
  | { readonly code: 'unrecognized_keys'; readonly path: readonly PropertyKey[]; readonly keys: readonly string[] };

/** The first alias that names no anchor. */
function unresolvedAlias(document: Document): { readonly name: string; readonly offset: number } | undefined {
  let found: { readonly name: string; readonly offset: number } | undefined;
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document) !== undefined) return undefined;
      found = { name: node.source, offset: node.range?.[0] ?? 0 };
      return visit.BREAK;
    },
  });
  return found;
}

/** Where the value of a path (or the closest of its parents) stands in the text. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range))
      return Number(node.range[0]);
  }
  return 0;
}

/** Where a key of the mapping at a path stands. */
function keyOffset(document: Document, path: readonly PropertyKey[], key: string): number {
  const mapping: unknown = path.length === 0 ? document.contents : document.getIn([...path], true);
  const pair = isMap(mapping) ? mapping.items.find(({ key: each }) => isScalar(each) && each.value === key) : undefined;
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : offsetOf(document, path);
}
