// What npm's apache-arrow finds in a file that holds one Arrow IPC stream, as JSON on standard output.
// node read-arrow.mjs FILE NODE_MODULES
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [file, modules] = process.argv.slice(2);
const { RecordBatchReader } = createRequire(`${modules}/`)('apache-arrow');

const described = (field) => {
  const items = (field.type.children ?? []).map(described);
  return `${field.name} ${items.length > 0 ? `List<${items}>` : field.type}${field.nullable ? ' nullable' : ''}`;
};
const nullsIn = (data) => data.nullCount + data.children.reduce((sum, child) => sum + nullsIn(child), 0);

// JSON has no 64-bit integers, NaN, infinities or negative zero: these are texts.
const plain = (value) => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : Number.isFinite(value) ? value : `${value}`;
  return Array.from(value, plain);
};

const reader = RecordBatchReader.from(readFileSync(file)).open({ autoDestroy: false });
const batches = [...reader];
const { schema } = reader;
const rows = batches.flatMap((batch) =>
  Array.from({ length: batch.numRows }, (_, row) =>
    Object.fromEntries(schema.fields.map(({ name }) => [name, plain(batch.getChild(name).get(row))]))));

process.stdout.write(JSON.stringify({
  metadata: Object.fromEntries(schema.metadata),
  fields: schema.fields.map(described),
  dictionaries: reader.dictionaries.size,
  batches: batches.length,
  nulls: batches.reduce((sum, batch) => sum + nullsIn(batch.data), 0),
  rows,
}));
