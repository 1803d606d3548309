using System.Globalization;
using System.Text;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Tppo.Core.Text;

namespace Tppo.Streaming.Codecs;

/// <summary>
/// The rows of an Arrow payload of any of our schemas as JSON objects, for people and <c>jq</c>: texts, numbers, flags, and lists
/// of these. Numbers that JSON has not (NaN, infinities) are texts.
/// </summary>
public static class ArrowJson
{
    private const long TextBytesMax = 128L << 20;

    /// <summary>
    /// Writes the payload as an array with an object a row, columns in the schema's order. The writer is flushed between rows.
    /// </summary>
    /// <exception cref="FormatException">The payload is not a complete stream of these types; one line says what was found. The
    /// writer may then hold a part of it: have it write to what can be thrown away.</exception>
    public static void WriteRows(ReadOnlyMemory<byte> payload, Utf8JsonWriter into)
    {
        try
        {
            ArrowVerifier.Verify(payload.Span);
            using var reader = new ArrowStreamReader(payload);
            into.WriteStartArray();
            while (reader.ReadNextRecordBatch() is { } batch)
            {
                using (batch) WriteBatch(batch, into);
            }

            into.WriteEndArray();
        }
        catch (Exception e)
        {
            // Damaged bytes surface as almost any exception; to the caller they are one thing.
            throw new FormatException($"expected a complete Arrow stream of {payload.Length} bytes, found: {Printable.Short(e.Message)}", e);
        }
    }

    private static void WriteBatch(RecordBatch batch, Utf8JsonWriter into)
    {
        var columns = new (JsonEncodedText Name, IArrowArray Values)[batch.ColumnCount];
        if (columns.Length == 0 && batch.Length > 0) throw new FormatException("rows without columns");
        for (var i = 0; i < columns.Length; i++)
        {
            var values = batch.Column(i);
            if (values.Length < batch.Length) throw new FormatException($"a column of {values.Length} in a batch of {batch.Length} rows");
            columns[i] = (JsonEncodedText.Encode(batch.Schema.GetFieldByIndex(i).Name, into.Options.Encoder), values);
        }

        for (var row = 0; row < batch.Length; row++)
        {
            into.WriteStartObject();
            foreach (var (name, values) in columns)
            {
                into.WritePropertyName(name);
                WriteCell(values, row, into);
            }

            into.WriteEndObject();
            into.Flush();
            if (into.BytesCommitted > TextBytesMax) throw new FormatException($"more than {TextBytesMax} bytes of JSON");
        }
    }

    private static void WriteCell(IArrowArray values, int row, Utf8JsonWriter into)
    {
        if (values is not ListArray lists)
        {
            WriteItem(values, row, into);
            return;
        }

        // Along the stored offsets, which growing order keeps within the items: equal parts are never written twice.
        var (from, to) = (lists.ValueOffsets[row], lists.ValueOffsets[row + 1]);
        if (from < 0 || to < from || to > lists.Values.Length) throw new FormatException($"a list of the items {from} to {to}");
        into.WriteStartArray();
        for (var i = from; i < to; i++) WriteItem(lists.Values, i, into);
        into.WriteEndArray();
    }

    private static void WriteItem(IArrowArray values, int index, Utf8JsonWriter into)
    {
        switch (values)
        {
            case StringArray texts:
                // By spans, which are checked: the array's own decoding follows the stored offsets as they are.
                into.WriteStringValue(Encoding.UTF8.GetString(texts.ValueBuffer.Span[texts.ValueOffsets[index]..texts.ValueOffsets[index + 1]]));
                break;
            case BooleanArray flags:
                into.WriteBooleanValue(flags.GetValue(index) ?? throw new FormatException("a flag is missing"));
                break;
            case Int8Array numbers:
                into.WriteNumberValue(numbers.Values[index]);
                break;
            case Int16Array numbers:
                into.WriteNumberValue(numbers.Values[index]);
                break;
            case Int32Array numbers:
                into.WriteNumberValue(numbers.Values[index]);
                break;
            case Int64Array numbers:
                into.WriteNumberValue(numbers.Values[index]);
                break;
            case UInt8Array numbers:
                into.WriteNumberValue(numbers.Values[index]);
                break;
            case UInt16Array numbers:
                into.WriteNumberValue(numbers.Values[index]);
                break;
            case UInt32Array numbers:
                into.WriteNumberValue(numbers.Values[index]);
                break;
            case UInt64Array numbers:
                into.WriteNumberValue(numbers.Values[index]);
                break;
            case FloatArray numbers:
                var single = numbers.Values[index];
                if (float.IsFinite(single)) into.WriteNumberValue(single);
                else into.WriteStringValue(single.ToString(CultureInfo.InvariantCulture));
                break;
            case DoubleArray numbers:
                var number = numbers.Values[index];
                if (double.IsFinite(number)) into.WriteNumberValue(number);
                else into.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                throw new FormatException($"a column of type {values.Data.DataType.Name}");
        }
    }
}
