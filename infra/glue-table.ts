/** How a table over files is described to the Glue catalog. */
import type { AthenaTable, GlueColumn } from '../shared/query/athena-tables.ts';
import { ref, type Resource } from './fragment.ts';

/** What a table of the catalog is made from. */
export interface GlueTableSpec {
  readonly name: string;
  readonly description: string;
  readonly location: unknown;
  readonly format: AthenaTable['format'];
  readonly columns: readonly GlueColumn[];
  readonly partitionKeys: readonly GlueColumn[];
  /** Table properties that say which partitions there are. */
  readonly projection: Readonly<Record<string, unknown>>;
}

/** An external table whose partitions are projected. */
export function glueTable(spec: GlueTableSpec): Resource {
  const columns = (list: readonly GlueColumn[]): unknown => list.map(({ name, type }) => ({ Name: name, Type: type }));
  return {
    Type: 'AWS::Glue::Table',
    Properties: {
      CatalogId: ref('AWS::AccountId'),
      DatabaseName: ref('Database'),
      TableInput: {
        Name: spec.name,
        Description: spec.description,
        TableType: 'EXTERNAL_TABLE',
        Parameters: {
          EXTERNAL: 'TRUE',
          ...(spec.format === 'lines' ? {} : { classification: spec.format }),
          'projection.enabled': 'true',
          ...spec.projection,
        },
        PartitionKeys: columns(spec.partitionKeys),
        StorageDescriptor: {
          Columns: columns(spec.columns),
          Location: spec.location,
          ...STORAGE[spec.format],
        },
      },
    },
  };
}

const TEXT = {
  InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
};

const STORAGE: Readonly<Record<AthenaTable['format'], Readonly<Record<string, unknown>>>> = {
  parquet: {
    InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    // columns are found by name: what an object lacks is null
    SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
  },
  json: {
    ...TEXT,
    // a line that is no JSON is a row of nulls, not the end of the query
    SerdeInfo: {
      SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe',
      Parameters: { 'ignore.malformed.json': 'true' },
    },
  },
  lines: {
    ...TEXT,
    // columns end at U+0001, which JSON never holds as it is: the first one is the whole line
    SerdeInfo: {
      SerializationLibrary: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
      Parameters: { 'serialization.format': '1' },
    },
  },
};
