using Apache.Arrow;
using Apache.Arrow.Types;

namespace Tppo.Streaming.Codecs;

/// <summary>Columns of rows, built from buffers directly so that no builder's defaults (nullable items) reach the schema.</summary>
internal sealed record ArrowColumn(Field Field, IArrowArray Values)
{
    internal static ArrowColumn Texts<T>(string name, IReadOnlyList<T> rows, Func<T, string> of)
    {
        var builder = new StringArray.Builder().Reserve(rows.Count);
        foreach (var row in rows) builder.Append(of(row) ?? throw new ArgumentException($"{name} is missing in a row"));
        return Column(name, StringType.Default, builder.Build());
    }

    internal static ArrowColumn Int32s<T>(string name, IReadOnlyList<T> rows, Func<T, int> of) =>
        Column(name, Int32Type.Default, new Int32Array.Builder().AppendRange(rows.Select(of)).Build());

    internal static ArrowColumn Int64s<T>(string name, IReadOnlyList<T> rows, Func<T, long> of) =>
        Column(name, Int64Type.Default, new Int64Array.Builder().AppendRange(rows.Select(of)).Build());

    internal static ArrowColumn Int8s<T>(string name, IReadOnlyList<T> rows, Func<T, sbyte> of) =>
        Column(name, Int8Type.Default, new Int8Array.Builder().AppendRange(rows.Select(of)).Build());

    internal static ArrowColumn Flags<T>(string name, IReadOnlyList<T> rows, Func<T, bool> of) =>
        Column(name, BooleanType.Default, new BooleanArray.Builder().AppendRange(rows.Select(of)).Build());

    internal static ArrowColumn Int32Lists<T>(string name, IReadOnlyList<T> rows, Func<T, int[]> of) =>
        Lists(name, Int32Type.Default, rows, of, (values, count) => new Int32Array(values, ArrowBuffer.Empty, count, 0, 0));

    internal static ArrowColumn Int8Lists<T>(string name, IReadOnlyList<T> rows, Func<T, sbyte[]> of) =>
        Lists(name, Int8Type.Default, rows, of, (values, count) => new Int8Array(values, ArrowBuffer.Empty, count, 0, 0));

    internal static ArrowColumn FloatLists<T>(string name, IReadOnlyList<T> rows, Func<T, float[]> of) =>
        Lists(name, FloatType.Default, rows, of, (values, count) => new FloatArray(values, ArrowBuffer.Empty, count, 0, 0));

    private static ArrowColumn Lists<T, TItem>(
        string name, IArrowType item, IReadOnlyList<T> rows, Func<T, TItem[]> of, Func<ArrowBuffer, int, IArrowArray> array)
        where TItem : struct
    {
        var offsets = new ArrowBuffer.Builder<int>(rows.Count + 1).Append(0);
        var values = new ArrowBuffer.Builder<TItem>();
        foreach (var row in rows)
        {
            values.Append((of(row) ?? throw new ArgumentException($"{name} is missing in a row")).AsSpan());
            offsets.Append(values.Length);
        }

        var type = new ListType(new Field("item", item, nullable: false));
        var count = values.Length;
        return Column(name, type, new ListArray(type, rows.Count, offsets.Build(), array(values.Build(), count), ArrowBuffer.Empty, 0));
    }

    private static ArrowColumn Column(string name, IArrowType type, IArrowArray values) => new(new Field(name, type, nullable: false), values);
}
