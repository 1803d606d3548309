using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

namespace Tppo.Streaming.Tests;

/// <summary>The fields of a payload as <c>name type</c>, as another reader of Arrow sees them.</summary>
internal static class ArrowFields
{
    internal static IEnumerable<string> Of(byte[] payload)
    {
        using var reader = new ArrowStreamReader(payload);
        return [.. reader.Schema.FieldsList.Select(f => $"{f.Name} {Type(f)}")];
    }

    private static string Type(Field field)
    {
        var name = field.DataType is ListType list ? $"list<{Type(list.ValueField)}>" : field.DataType.Name;
        return field.IsNullable ? name + " nullable" : name;
    }
}
