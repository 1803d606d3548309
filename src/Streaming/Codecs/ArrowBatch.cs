using System.Text;
using Apache.Arrow;

namespace Tppo.Streaming.Codecs;

/// <summary>Cells of a batch by column name; a column that is missing, of another type or with nulls is a <see cref="FormatException"/>.</summary>
internal sealed class ArrowBatch(RecordBatch batch)
{
    private readonly Dictionary<string, IArrowArray> columns = Columns(batch);

    internal string Text(string name, int row)
    {
        // By spans, which are checked: the array's own decoding follows the stored offsets as they are.
        var texts = Of<StringArray>(name);
        return Encoding.UTF8.GetString(texts.ValueBuffer.Span[texts.ValueOffsets[row]..texts.ValueOffsets[row + 1]]);
    }

    internal bool Flag(string name, int row) => Of<BooleanArray>(name).GetValue(row) ?? throw Wrong(name, "bool");

    internal T Value<T>(string name, int row)
        where T : struct, IEquatable<T> => Of<PrimitiveArray<T>>(name).Values[row];

    internal T[] List<T>(string name, int row)
        where T : struct, IEquatable<T>
    {
        var lists = Of<ListArray>(name);
        if (lists.Values is not PrimitiveArray<T> values || values.NullCount > 0) throw Wrong(name, $"list<{typeof(T).Name}>");
        return values.Values[lists.ValueOffsets[row]..lists.ValueOffsets[row + 1]].ToArray();
    }

    private static Dictionary<string, IArrowArray> Columns(RecordBatch batch)
    {
        var columns = new Dictionary<string, IArrowArray>(StringComparer.Ordinal);
        for (var i = 0; i < batch.ColumnCount; i++) columns[batch.Schema.GetFieldByIndex(i).Name] = batch.Column(i);
        return columns;
    }

    private TArray Of<TArray>(string name)
        where TArray : class, IArrowArray => columns.GetValueOrDefault(name) is TArray { NullCount: 0 } array && array.Length >= batch.Length
            ? array
            : throw Wrong(name, typeof(TArray).Name);

    private FormatException Wrong(string name, string expected)
    {
        var found = columns.TryGetValue(name, out var array) ? $"{array.Data.DataType.Name} with {array.NullCount} nulls" : "no such column";
        return new FormatException($"column {name}: expected {expected} without nulls, found {found}");
    }
}
