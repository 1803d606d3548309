using System.Buffers.Binary;

namespace Tppo.Streaming.Codecs;

/// <summary>
/// Walks a payload's framing and metadata before the Arrow library sees them. The library follows offsets in the metadata
/// without checking them, so that one damaged byte could end the process instead of the record. Knows what the codecs use:
/// schema and record batches of numbers, flags, texts and lists; refuses dictionaries, compression and nesting.
/// </summary>
internal static class ArrowVerifier
{
    private const int SchemaHeader = 1;
    private const int RecordBatchHeader = 3;
    private const int IntType = 2;
    private const int FloatType = 3;
    private const int TextType = 5;
    private const int FlagType = 6;
    private const int ListType = 12;
    private const int StructBytes = 16;

    /// <summary>Passes over every message up to the end marker, which must be the payload's last bytes.</summary>
    /// <exception cref="Exception">Of several kinds: something points outside of the payload, or is of no known kind.</exception>
    internal static void Verify(ReadOnlySpan<byte> payload)
    {
        (int Nodes, int Buffers)? columns = null;
        while (true)
        {
            Require(BinaryPrimitives.ReadUInt32LittleEndian(payload) == uint.MaxValue, "a message does not begin with its mark");
            var metadataBytes = BinaryPrimitives.ReadInt32LittleEndian(payload[4..]);
            if (metadataBytes == 0) break;
            var message = FlatTable.Root(payload.Slice(8, metadataBytes));
            var bodyBytes = checked((int)message.Number(3, 8));
            Require(bodyBytes >= 0, "a message's body has no length");
            var next = payload.Slice(8 + metadataBytes + bodyBytes);
            _ = message.Number(0, 2);
            Require(!message.Has(4), "a message carries metadata of its own");
            if (columns is { } known) VerifyBatch(message, known, bodyBytes);
            else columns = VerifySchema(message);
            payload = next;
        }

        Require(columns is not null, "there is no schema");
        Require(payload.Length == 8, "something follows the end mark");
    }

    private static (int Nodes, int Buffers) VerifySchema(FlatTable message)
    {
        Require(message.Number(1, 1) == SchemaHeader, "the first message is no schema");
        var schema = message.Table(2);
        _ = schema.Number(0, 2);
        _ = schema.Vector(3, 8);
        VerifyTexts(schema, 2);
        var columns = (Nodes: 0, Buffers: 0);
        for (var i = 0; i < schema.Tables(1); i++)
        {
            var (nodes, buffers) = VerifyField(schema.Table(1, i), listAllowed: true);
            columns = (columns.Nodes + nodes, columns.Buffers + buffers);
        }

        return columns;
    }

    private static (int Nodes, int Buffers) VerifyField(FlatTable field, bool listAllowed)
    {
        _ = field.Vector(0, 1);
        _ = field.Number(1, 1);
        VerifyTexts(field, 6);
        Require(!field.Has(4), "a column has a dictionary");
        var type = field.Table(3);
        var children = field.Tables(5);
        switch (field.Number(2, 1))
        {
            case IntType:
                _ = (type.Number(0, 4), type.Number(1, 1));
                break;
            case FloatType:
                _ = type.Number(0, 2);
                break;
            case FlagType:
                break;
            case TextType:
                Require(children == 0, "a text column has children");
                return (1, 3);
            case ListType:
                Require(listAllowed && children == 1, "a list is nested or without items");
                var (nodes, buffers) = VerifyField(field.Table(5, 0), listAllowed: false);
                return (nodes + 1, buffers + 2);
            default:
                throw new FormatException($"a column is of type {field.Number(2, 1)}");
        }

        Require(children == 0, "a column of numbers has children");
        return (1, 2);
    }

    private static void VerifyBatch(FlatTable message, (int Nodes, int Buffers) columns, int bodyBytes)
    {
        Require(message.Number(1, 1) == RecordBatchHeader, "a message is no record batch");
        var batch = message.Table(2);
        Require(!batch.Has(3) && !batch.Has(4), "a batch is compressed or of a later layout");
        Require(batch.Number(0, 8) is >= 0 and <= int.MaxValue, "a batch's length is none");
        var nodes = batch.Vector(1, StructBytes);
        var buffers = batch.Vector(2, StructBytes);
        Require(nodes.Length == columns.Nodes * StructBytes && buffers.Length == columns.Buffers * StructBytes, "a batch has other columns than its schema");
        for (; nodes.Length > 0; nodes = nodes[StructBytes..])
            Require(First(nodes) is >= 0 and <= int.MaxValue && Second(nodes) == 0, "a column has no length, or nulls");
        for (; buffers.Length > 0; buffers = buffers[StructBytes..])
            Require(First(buffers) >= 0 && Second(buffers) >= 0 && First(buffers) <= bodyBytes - Second(buffers), "a buffer lies outside of its message");
    }

    private static void VerifyTexts(FlatTable table, int field)
    {
        for (var i = 0; i < table.Tables(field); i++)
        {
            var pair = table.Table(field, i);
            _ = pair.Vector(0, 1).Length + pair.Vector(1, 1).Length;
        }
    }

    private static long First(ReadOnlySpan<byte> pair) => BinaryPrimitives.ReadInt64LittleEndian(pair);

    private static long Second(ReadOnlySpan<byte> pair) => BinaryPrimitives.ReadInt64LittleEndian(pair[8..]);

    private static void Require(bool holds, string what)
    {
        if (!holds) throw new FormatException(what);
    }
}
