using Apache.Arrow;
using Apache.Arrow.Ipc;
using Tppo.Core.Text;

namespace Tppo.Streaming.Codecs;

/// <summary>
/// One message: schema, one batch, end marker. The schema's metadata names the schema and its version; a reader refuses any
/// other. The end marker is demanded too: a stream cut off between batches would otherwise read as a shorter one.
/// </summary>
internal static class ArrowStream
{
    private const string NameKey = "schema";
    private const string VersionKey = "schema_version";
    private const string Version = "1";

    internal static byte[] Write(string schemaName, int rows, IReadOnlyList<ArrowColumn> columns)
    {
        var schema = new Schema(columns.Select(c => c.Field), [new(NameKey, schemaName), new(VersionKey, Version)]);
        using var batch = new RecordBatch(schema, columns.Select(c => c.Values), rows);
        using var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, schema, leaveOpen: true))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        return stream.ToArray();
    }

    internal static T[] Read<T>(string schemaName, ReadOnlyMemory<byte> payload, Func<ArrowBatch, int, T> row)
    {
        try
        {
            ArrowVerifier.Verify(payload.Span);
            return ReadAll(schemaName, payload, row);
        }
        catch (Exception e)
        {
            // Damaged bytes surface as almost any exception; to the caller they are one thing.
            throw new FormatException($"{schemaName}: expected a complete Arrow stream of {payload.Length} bytes, found: {Printable.Short(e.Message)}", e);
        }
    }

    private static T[] ReadAll<T>(string schemaName, ReadOnlyMemory<byte> payload, Func<ArrowBatch, int, T> row)
    {
        using var reader = new ArrowStreamReader(payload);
        CheckSchema(schemaName, reader.Schema);
        var rows = new List<T>();
        while (reader.ReadNextRecordBatch() is { } batch)
        {
            using (batch)
            {
                var columns = new ArrowBatch(batch);
                for (var i = 0; i < batch.Length; i++) rows.Add(row(columns, i));
            }
        }

        return [.. rows];
    }

    private static void CheckSchema(string schemaName, Schema schema)
    {
        var name = schema.Metadata?.GetValueOrDefault(NameKey) ?? "no name";
        var version = schema.Metadata?.GetValueOrDefault(VersionKey) ?? "none";
        if (name != schemaName || version != Version)
            throw new FormatException($"expected schema {schemaName} version {Version}, found {Printable.Short(name)} version {Printable.Short(version)}");
    }
}
