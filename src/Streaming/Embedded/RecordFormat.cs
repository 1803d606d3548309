using System.Buffers.Binary;
using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Embedded;

/// <summary>
/// A stored record, format 1: append time (8 bytes, milliseconds since 1970, big-endian), key (its length + 1, 0: none; UTF-8),
/// number of headers, per header a code or 0 and the text for name and for value, then the payload to the end. Numbers have
/// variable length. Topic, partition and offset stand in the row's key.
/// </summary>
internal static class RecordFormat
{
    internal const int TimestampBytes = 8;

    /// <summary>Writes a record with the time left open: <see cref="Stamp"/> fills it in when the append's place is known.</summary>
    internal static void Write(ByteWriter writer, OutgoingRecord record)
    {
        writer.Reserve(TimestampBytes).Clear();
        if (record.Key is null)
        {
            writer.Number(0);
        }
        else
        {
            var length = Encoding.UTF8.GetByteCount(record.Key);
            writer.Number(length + 1);
            Encoding.UTF8.GetBytes(record.Key, writer.Reserve(length));
        }

        writer.Number(record.Headers.Count);
        WriteHeaders(writer, record.Headers);
        writer.Bytes(record.Value.Span);
    }

    internal static void Stamp(Span<byte> stored, long unixMilliseconds) => BinaryPrimitives.WriteInt64BigEndian(stored, unixMilliseconds);

    internal static long Timestamp(ReadOnlySpan<byte> stored) => BinaryPrimitives.ReadInt64BigEndian(stored);

    /// <summary>The record in <paramref name="stored"/>, which it keeps and shares.</summary>
    internal static LogRecord Read(TopicPartition partition, long offset, byte[] stored, KeyCache? keys = null)
    {
        var reader = new ByteReader(stored) { Position = TimestampBytes };
        var keyLength = reader.Number() - 1;
        var key = keyLength < 0 ? null : Text(reader.Span(keyLength), keys);
        var headers = reader.Number();
        var headersStart = reader.Position;
        for (var i = 0; i < 2 * headers; i++)
        {
            if (reader.Byte() == HeaderCodes.WrittenOut) reader.Skip();
        }

        return new LogRecord
        {
            Topic = partition.Topic,
            Partition = partition.Partition,
            Offset = offset,
            Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(Timestamp(stored)),
            Key = key,
            Headers = headers == 0 ? [] : new PackedHeaders(stored.AsMemory(headersStart, reader.Position - headersStart), headers),
            Value = stored.AsMemory(reader.Position),
        };
    }

    /// <summary>The key's bytes and whether the payload is empty, without making a record: what compaction looks at.</summary>
    internal static bool TryKey(ReadOnlySpan<byte> stored, out ReadOnlySpan<byte> key, out bool tombstone)
    {
        var reader = new ByteReader(stored) { Position = TimestampBytes };
        var keyLength = reader.Number() - 1;
        key = keyLength < 0 ? default : reader.Span(keyLength);
        var headers = reader.Number();
        for (var i = 0; i < 2 * headers; i++)
        {
            if (reader.Byte() == HeaderCodes.WrittenOut) reader.Skip();
        }

        tombstone = reader.Position == stored.Length;
        return keyLength >= 0;
    }

    private static string Text(ReadOnlySpan<byte> utf8, KeyCache? keys) => keys is null ? Encoding.UTF8.GetString(utf8) : keys.Text(utf8);

    private static void WriteHeaders(ByteWriter writer, IReadOnlyList<Header> headers)
    {
        switch (headers)
        {
            case PackedHeaders packed:
                writer.Bytes(packed.Bytes);
                break;
            case ExtendedHeaders extended:
                writer.Bytes(extended.Packed.Bytes);
                foreach (var header in extended.More) WriteHeader(writer, header);
                break;
            default:
                for (var i = 0; i < headers.Count; i++) WriteHeader(writer, headers[i]);
                break;
        }
    }

    private static void WriteHeader(ByteWriter writer, Header header)
    {
        WriteCoded(writer, HeaderCodes.CodeOfName(header.Name), header.Name);
        WriteCoded(writer, HeaderCodes.CodeOfValue(header.Value), header.Value);
    }

    private static void WriteCoded(ByteWriter writer, byte code, string text)
    {
        writer.Byte(code);
        if (code == HeaderCodes.WrittenOut) writer.Text(text);
    }
}
