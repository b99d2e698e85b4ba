/** The Glue database, and the tables through which Athena sees the lake. The views are not the stack's: see ensure-views.ts. */
import { ATHENA_TABLES, type AthenaTable, type Projection } from '../shared/query/athena-tables.ts';
import type { Deployment } from './deployment.ts';
import { ref, sub, type Fragment, type Resource } from './fragment.ts';
import { glueTable } from './glue-table.ts';
import { databaseName } from './names.ts';
import { sourceTables } from './source-tables.ts';

/** The database and all tables. */
export function tables(deployment: Deployment): Fragment {
  const { name, stage } = deployment.config.deployment;
  const entries = ATHENA_TABLES.map((table) => [`${pascalCase(table.name)}Table`, lakeTable(table)]);
  return {
    Resources: {
      Database: {
        Type: 'AWS::Glue::Database',
        Properties: {
          CatalogId: ref('AWS::AccountId'),
          DatabaseInput: {
            Name: databaseName(deployment.config.deployment),
            Description: `flow logs of ${name}-${stage}`,
          },
        },
      },
      ...(Object.fromEntries(entries) as Fragment['Resources']),
      ...sourceTables(deployment),
    },
    Outputs: { Database: { Description: 'database of the lake', Value: ref('Database') } },
  };
}

function lakeTable({ name, description, prefix, format, columns, partition }: AthenaTable): Resource {
  const folder = partition.folder.replaceAll('${', '${!');
  return glueTable({
    name,
    description,
    location: sub(`s3://\${Lake}/${prefix}`),
    format,
    columns,
    // a date, so that a condition on the view's `day` leaves folders unopened
    partitionKeys: [{ name: partition.name, type: partition.projection.kind === 'day' ? 'date' : 'string' }],
    projection: {
      ...projectionOf(partition.name, partition.projection),
      'storage.location.template': sub(`s3://\${Lake}/${prefix}${folder}`),
    },
  });
}

function projectionOf(column: string, projection: Projection): Readonly<Record<string, string>> {
  const key = `projection.${column}`;
  if (projection.kind === 'enum') return { [`${key}.type`]: 'enum', [`${key}.values`]: projection.values.join(',') };
  const unit = projection.kind === 'hour' ? 'HOURS' : 'DAYS';
  return {
    [`${key}.type`]: 'date',
    [`${key}.format`]: projection.kind === 'hour' ? 'yyyy-MM-dd-HH' : 'yyyy-MM-dd',
    [`${key}.range`]: `${projection.first},NOW+1${unit}`,
    [`${key}.interval`]: '1',
    [`${key}.interval.unit`]: unit,
  };
}

/** `flows_raw` as part of a logical id: `FlowsRaw`. */
function pascalCase(name: string): string {
  return name.replaceAll(/(^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, _between, first: string) => first.toUpperCase());
}
