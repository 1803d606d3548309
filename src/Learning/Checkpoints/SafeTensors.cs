using System.Buffers.Binary;
using System.Text.Json;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Checkpoints;

/// <summary>Named tensors in one file, in the safetensors layout. Equal tensors give equal bytes.</summary>
/// <remarks>
/// Eight bytes of header length, little-endian; a JSON header padded with spaces to a multiple of eight, names in ordinal order;
/// then the tensors' bytes, row-major, without gaps, in the same order.
/// </remarks>
public static class SafeTensors
{
    private const int HeaderBytesMax = 100_000_000;

    private static readonly (ScalarType Type, string Name)[] Types =
    [
        (ScalarType.Float32, "F32"), (ScalarType.Float64, "F64"), (ScalarType.BFloat16, "BF16"), (ScalarType.Float16, "F16"),
        (ScalarType.Int64, "I64"), (ScalarType.Int32, "I32"), (ScalarType.Byte, "U8"), (ScalarType.Bool, "BOOL"),
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
        using var file = File.OpenRead(path);
        Span<byte> prefix = stackalloc byte[8];
        if (file.Length < 8) throw new InvalidDataException($"{path}: {file.Length} bytes are no safetensors file");
        file.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadInt64LittleEndian(prefix);
        if (length is < 2 or > HeaderBytesMax || length > file.Length - 8)
        {
            throw new InvalidDataException($"{path}: a header of {length} bytes does not fit a file of {file.Length}");
        }

        var header = new byte[length];
        file.ReadExactly(header);
        var result = new Dictionary<string, Tensor>();
        try
        {
            using var json = JsonDocument.Parse(header);
            foreach (var entry in json.RootElement.EnumerateObject())
            {
                if (entry.Name != "__metadata__") result[entry.Name] = ReadTensor(path, file, 8 + length, entry);
            }

            return result;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or InvalidDataException)
        {
            foreach (var tensor in result.Values) tensor.Dispose();
            if (e is InvalidDataException) throw;
            throw new InvalidDataException($"{path}: the header is no safetensors header: {e.Message}", e);
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

    private static Tensor ReadTensor(string path, FileStream file, long start, JsonProperty entry)
    {
        var typeName = entry.Value.GetProperty("dtype").GetString();
        var known = Array.FindIndex(Types, type => type.Name == typeName);
        if (known < 0) throw new InvalidDataException($"{path}: {entry.Name} has type {typeName}, which is not read here");
        long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        var offsets = entry.Value.GetProperty("data_offsets");
        var (from, to) = (offsets[0].GetInt64(), offsets[1].GetInt64());
        var elements = shape.Aggregate(1L, (product, size) => checked(product * size));
        if (from < 0 || to < from || start + to > file.Length || Array.Exists(shape, size => size < 0))
        {
            throw new InvalidDataException($"{path}: {entry.Name} lies at bytes {from} to {to}, outside the file");
        }

        var tensor = CPU.Empty(Types[known].Type, shape).DetachFromDisposeScope();
        if (elements * tensor.element_size() != to - from)
        {
            tensor.Dispose();
            throw new InvalidDataException($"{path}: {entry.Name} has {to - from} bytes for {elements} elements of {typeName}");
        }

        file.Position = start + from;
        tensor.ReadBytesFromStream(file);
        return tensor;
    }

    private static string TypeName(string name, ScalarType type)
    {
        var known = Array.FindIndex(Types, entry => entry.Type == type);
        return known >= 0 ? Types[known].Name : throw new ArgumentException($"{name} has type {type}, which is not written here", nameof(type));
    }
}
