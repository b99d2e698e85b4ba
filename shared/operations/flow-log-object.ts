/** What a flow log's object in S3 tells by its key: whose it is, and which time it is about. */
import { holdsNothing, ownerOfPath } from '../envelope/object-path.ts';

/** An object that holds flow records, as far as its key tells. */
export interface FlowLogObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Undefined where the key does not say it. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  /** The time that its records are of, Unix seconds, the end not included; undefined where the key does not say it. */
  readonly time: { readonly from: number; readonly to: number } | undefined;
}

/** A file's name as AWS writes it. Source: Amazon VPC User Guide, "Flow log files". */
const NAME =
  /^\d{12}_[a-z]+_[a-z0-9-]+_fl-[0-9a-f]+_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]+\.(log(\.gz)?|(gz\.)?parquet)$/;

/** What objects of flow records are called that somebody else named: exports, copies, archives. */
const OTHER_NAME = /\.(log|txt|gz|parquet)$/;

/** What AWS delivers below an account's folder. */
const DELIVERED = /(^|\/)AWSLogs\/(?:[^/]+\/)?(?:aws-account-id=)?\d{12}\/[^/]+\//;

/** A file is named for a time near the end of what it holds; AWS does not say how near. */
const SLACK = 300;
const HOUR = 3_600;
const DAY = 86_400;

/** What a key tells; undefined where it is none of flow records: a folder, or another service's. */
export function readFlowLogKey(key: string, size: number): FlowLogObject | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const owner = ownerOfPath(key);
  const said = { key, size, account: owner?.account, region: owner?.region };
  if (holdsNothing(key, size)) return undefined;
  const file = NAME.exec(name);
  if (file !== null && owner !== undefined) {
    const [, year, month, day, hour, minute] = file;
    const at = seconds(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
    return { ...said, time: at === undefined ? folderTime(key) : { from: at - SLACK, to: at + 1 } };
  }
  // another service's logs lie beside those of flow logs
  if (!OTHER_NAME.test(name) || (owner === undefined && DELIVERED.test(key))) return undefined;
  return { ...said, time: folderTime(key) };
}

/** The day, or the hour, that the folders of a key name. */
function folderTime(key: string): FlowLogObject['time'] {
  const hive = /(?:^|\/)year=(\d{4})\/month=(\d\d?)\/day=(\d\d?)\/(?:hour=(\d\d?)\/)?/.exec(key);
  const plain = /(?:^|\/)(\d{4})\/(\d\d)\/(\d\d)\/(?:(\d\d)\/)?/.exec(key);
  const dashed = /(?:^|[/=])(\d{4})-(\d\d)-(\d\d)(?:\/|$)/.exec(key);
  const [, year, month, day, hour] = hive ?? plain ?? dashed ?? [];
  if (year === undefined) return undefined;
  const two = (text: string | undefined): string => (text ?? '0').padStart(2, '0');
  const from = seconds(`${year}-${two(month)}-${two(day)}T${two(hour)}:00:00Z`);
  return from === undefined ? undefined : { from, to: from + (hour === undefined ? DAY : HOUR) };
}

/** A time that exists, Unix seconds: Date takes 30 February for 1 March. */
function seconds(text: string): number | undefined {
  const time = new Date(text);
  const exists = !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 16) === text.slice(0, 16);
  return exists ? time.getTime() / 1000 : undefined;
}
