/** sekisho.yml: the one file that says how a network's flow logs are to be read. */

/** A log group's name (`*` at its end matches any rest) and the formats of the flow logs that write to it. */
export interface SourceConfig {
  readonly logGroup: string;
  /** As written: `default` or AWS's format string. Several where flow logs share the group. */
  readonly formats: readonly string[];
}

/** A list that is kept elsewhere, as it is written: in a `file`, or as an `object` of the lake or (`s3://…`) of S3. */
export interface OutsideListSetting {
  readonly file?: string | undefined;
  readonly object?: string | undefined;
  /** The column of a CSV file that holds the entries: its name in the header, or its number, from 1. */
  readonly column?: string | number | undefined;
  /** How often it is looked at anew while a run goes on, such as `5m`. */
  readonly refresh?: string | undefined;
}

/** A list's entries, or where they are kept. */
export type ListSetting = readonly string[] | OutsideListSetting;

/** The configuration, with defaults filled in. */
export interface Config {
  /** The owner's networks, in CIDR notation; undefined where the private ranges serve. */
  readonly networks: readonly string[] | undefined;
  /** Ports on which the owner's services listen, beside the well-known ones. */
  readonly servicePorts: readonly number[];
  readonly sources: readonly SourceConfig[];
  /** Rule files and folders, relative to the configuration's folder, evaluated beside the built-in rules. */
  readonly rules: readonly string[];
  /** Lists that rules may name, by name without `@`. */
  readonly lists: Readonly<Record<string, ListSetting>>;
  /** The time zone of times meant for people. */
  readonly timeZone: string;
  readonly alerts: AlertConfig;
  readonly windows: WindowConfig;
}

/** How rules with memory are kept. */
export interface WindowConfig {
  /** Bytes of window state from which on a run warns; nothing is ever dropped for its size. */
  readonly stateLimit: number;
}

/** How alerts are told. */
export interface AlertConfig {
  /** Alerts told one by one in a minute; of the rest their number. */
  readonly notificationsPerMinute: number;
}

/** The configuration of somebody who wrote none. */
export const DEFAULT_CONFIG: Config = {
  networks: undefined,
  servicePorts: [],
  sources: [],
  rules: [],
  lists: {},
  timeZone: 'UTC',
  alerts: { notificationsPerMinute: 10 },
  windows: { stateLimit: 256_000_000 },
};
