using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace Tppo.Learning.Checkpoints;

/// <summary>Named tensors in one file, in the safetensors layout. Equal tensors give equal bytes.</summary>
/// <remarks>
/// Eight bytes of header length, little-endian; a JSON header padded with spaces to a multiple of eight, names in ordinal order;
/// then the tensors' bytes, row-major, without gaps, in the same order.
/// </remarks>
public static class SafeTensors
{
    /// <summary>Types, the names that the layout has for them, and the bytes that a number takes.</summary>
    internal static IReadOnlyList<(ScalarType Type, string Name, int Bytes)> Types { get; } =
    [
        (ScalarType.Float32, "F32", 4), (ScalarType.Float64, "F64", 8), (ScalarType.BFloat16, "BF16", 2), (ScalarType.Float16, "F16", 2),
        (ScalarType.Int64, "I64", 8), (ScalarType.Int32, "I32", 4), (ScalarType.Byte, "U8", 1), (ScalarType.Bool, "BOOL", 1),
    ];

    /// <summary>Writes a file anew.</summary>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using var scope = NewDisposeScope();
        var sorted = tensors.Select(named => (Name: named.Key, Tensor: named.Value.detach().cpu().contiguous()))
            .OrderBy(named => named.Name, StringComparer.Ordinal).ToArray();
        var header = Header(sorted);
        using var file = File.Create(path);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        file.Write(length);
        file.Write(header);
        foreach (var (_, tensor) in sorted) tensor.WriteBytesToStream(file);
    }

    /// <summary>Reads a file. The tensors are the caller's to dispose, and outlive any dispose scope.</summary>
    /// <exception cref="InvalidDataException">The file is no safetensors file, or damaged.</exception>
    public static Dictionary<string, Tensor> Read(string path)
    {
        using var file = SafeTensorsFile.Open(path);
        var result = new Dictionary<string, Tensor>();
        try
        {
            foreach (var name in file.Entries.Keys) result[name] = file.Read(name);
            return result;
        }
        catch
        {
            foreach (var tensor in result.Values) tensor.Dispose();
            throw;
        }
    }

    private static byte[] Header((string Name, Tensor Tensor)[] tensors)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            var offset = 0L;
            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", TypeName(name, tensor.dtype));
                json.WriteStartArray("shape");
                foreach (var size in tensor.shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.numel() * tensor.element_size());
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (stream.Length % 8 != 0) stream.WriteByte((byte)' ');
        return stream.ToArray();
    }

    private static string TypeName(string name, ScalarType type)
    {
        var known = Types.FirstOrDefault(entry => entry.Type == type).Name;
        return known ?? throw new ArgumentException($"{name} has type {type}, which is not written here", nameof(type));
    }
}
