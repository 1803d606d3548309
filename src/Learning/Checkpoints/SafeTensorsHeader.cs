using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Tppo.Core.Text;

namespace Tppo.Learning.Checkpoints;

/// <summary>
/// Reads the header of a safetensors file, and believes nothing: lengths, types, shapes and places are checked against each other and
/// against the file before anything is made of them.
/// </summary>
internal static class SafeTensorsHeader
{
    private const int BytesMax = 100_000_000;
    private const int DimensionsMax = 8;

    /// <summary>Entries by name, and where the header ends.</summary>
    /// <exception cref="InvalidDataException">It is no header, or does not fit the file.</exception>
    internal static (Dictionary<string, TensorEntry> Entries, long End) Read(string path, SafeFileHandle file)
    {
        var size = RandomAccess.GetLength(file);
        Span<byte> prefix = stackalloc byte[8];
        if (size < 8 || RandomAccess.Read(file, prefix, 0) < 8) throw new InvalidDataException($"{path}: {size} bytes are no safetensors file");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length < 2 || length > (ulong)Math.Min(BytesMax, size - 8))
            throw new InvalidDataException($"{path}: a header of {length} bytes does not fit a file of {size}");

        var header = new byte[length];
        if (RandomAccess.Read(file, header, 8) < header.Length) throw new InvalidDataException($"{path}: the file ends inside its header");
        try
        {
            using var json = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{path}: the header is no JSON object");
            var end = 8 + (long)length;
            var entries = json.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__")
                .ToDictionary(entry => entry.Name, entry => Entry(path, entry), StringComparer.Ordinal);
            RequireNoGaps(path, entries, size - end);
            return (entries, end);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path}: the header is no safetensors header: {e.Message}", e);
        }
    }

    private static TensorEntry Entry(string path, JsonProperty property)
    {
        var name = Printable.Short(property.Name);
        JsonElement Of(string key) => property.Value.ValueKind == JsonValueKind.Object && property.Value.TryGetProperty(key, out var value)
            ? value
            : throw new InvalidDataException($"{path}: {name} has no {key}");

        var typeName = Of("dtype").GetString();
        var known = SafeTensors.Types.FirstOrDefault(type => type.Name == typeName);
        if (known.Name is null)
        {
            var names = string.Join(", ", SafeTensors.Types.Select(type => type.Name));
            throw new InvalidDataException($"{path}: {name} has dtype {Printable.Short(typeName ?? "")}, expected one of {names}");
        }

        long[] shape = [.. Of("shape").EnumerateArray().Select(size => size.GetInt64())];
        if (shape.Length > DimensionsMax || Array.Exists(shape, size => size < 0))
            throw new InvalidDataException($"{path}: {name} has a shape of {shape.Length} sizes, expected at most {DimensionsMax}, none below 0");
        var offsets = Of("data_offsets");
        if (offsets.GetArrayLength() != 2) throw new InvalidDataException($"{path}: {name} has {offsets.GetArrayLength()} data_offsets, expected 2");
        var entry = new TensorEntry(known.Type, shape, offsets[0].GetInt64(), offsets[1].GetInt64());
        if (entry.From < 0 || entry.To < entry.From) throw new InvalidDataException($"{path}: {name} lies at bytes {entry.From} to {entry.To}");
        var bytes = shape.Aggregate((Int128)known.Bytes, (product, size) => Int128.Min(product * size, long.MaxValue));
        if (bytes != entry.To - entry.From)
            throw new InvalidDataException($"{path}: {name} has {entry.To - entry.From} bytes, expected {bytes} for {entry.Shown} of {typeName}");
        return entry;
    }

    // The layout has neither holes nor overlaps; so nothing is hidden in a file, and no byte is read as two tensors.
    private static void RequireNoGaps(string path, Dictionary<string, TensorEntry> entries, long bytes)
    {
        var at = 0L;
        foreach (var (key, entry) in entries.OrderBy(e => e.Value.From).ThenBy(e => e.Value.To))
        {
            var name = Printable.Short(key);
            if (entry.To > bytes) throw new InvalidDataException($"{path}: {name} lies at bytes {entry.From} to {entry.To}, outside the file's {bytes}");
            if (entry.From != at) throw new InvalidDataException($"{path}: {name} begins at byte {entry.From}, expected {at}, where what lies before it ends");
            at = entry.To;
        }

        if (at != bytes) throw new InvalidDataException($"{path}: {bytes - at} bytes behind the last tensor belong to none");
    }
}
