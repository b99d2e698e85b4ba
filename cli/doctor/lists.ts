/** The lists in S3 that the rules of a deployment name, read as functions read them, with the user's own credentials. */
import { join } from 'node:path';
import { fetchListObject } from '../../shared/adapters/aws/list-object.ts';
import type { ListLook } from '../../shared/operations/check-lists.ts';
import { formatPlace, parseListSource, type ListSource } from '../../shared/rules/list-source.ts';
import { listSourcesOf } from '../../shared/rules/load.ts';
import { OutsideLists } from '../../shared/rules/outside-lists.ts';
import { readDeployedRuleFiles } from '../read-rules.ts';
import type { Settings } from '../settings.ts';

/** Reads each list in S3 once; `lake` is the bucket of those that are named by a key alone. */
export async function lookAtLists(settings: Settings, lake: string): Promise<readonly ListLook[]> {
  const sources = [...configured(settings), ...listSourcesOf(readDeployedRuleFiles(settings))].flatMap((source) =>
    source.place.kind === 'file' ? [] : [inBucket(source, lake)],
  );
  const lists = new OutsideLists(async (place, known) =>
    place.kind === 's3'
      ? fetchListObject(place.bucket, place.key, known)
      : { kind: 'failed', message: `\`${formatPlace(place)}\` is no object of S3` },
  );
  await lists.load(sources, settings.clock.now());
  const looks = sources.map((source): [string, ListLook] => {
    const place = formatPlace(source.place);
    const read = lists.read(source);
    const counts =
      read.kind === 'failed'
        ? { failed: read.message }
        : { entries: read.entries.length, faults: read.diagnostics.length };
    return [JSON.stringify([place, source.column]), { place, read: counts }];
  });
  return [...new Map(looks).values()];
}

function inBucket(source: ListSource, lake: string): ListSource {
  const { place } = source;
  return place.kind === 'object' ? { ...source, place: { kind: 's3', bucket: lake, key: place.key } } : source;
}

function configured({ config, folder }: Settings): readonly ListSource[] {
  return Object.values(config.lists).flatMap((setting) => {
    if (!('file' in setting || 'object' in setting)) return [];
    const source = parseListSource(setting, join(folder, 'sekisho.yml'));
    return 'code' in source ? [] : [source];
  });
}
