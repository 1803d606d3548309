using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Tokenizing;
using static TorchSharp.torch;

namespace Tppo.Learning.Tests.Checkpoints;

/// <summary>Model folders that somebody damaged, or made to do harm: each is refused in a line that names file and key, and costs next to nothing.</summary>
public sealed class HostileFolderTests : IDisposable
{
    private const string Single = "llama-gqa", Sharded = "llama3-rope-bf16", Weights = "model.safetensors", Config = "config.json";
    private const string Index = "model.safetensors.index.json", Norm = "model.norm.weight", Gate = "model.layers.0.mlp.gate_proj.weight";
    private const string Third = "model-00003-of-00005.safetensors";
    private const long AllocatedMost = 4L << 20;

    private static readonly Dictionary<string, (string Model, Action<string> Damage, string[] Named)> Kinds = new()
    {
        ["a header of 2^60 bytes"] = (Single, Header(length: 1L << 60), [Weights, "1152921504606846976"]),
        ["a header of a negative length"] = (Single, Header(length: -1), [Weights, "header"]),
        ["a header as long as the file"] = (Single, Header(length: 291_872), [Weights, "header"]),
        ["a header that is no JSON"] = (Single, HeaderText(_ => "{"), [Weights, "header"]),
        ["a header that is a list"] = (Single, HeaderText(_ => "[]"), [Weights, "header"]),
        ["a header a thousand levels deep"] = (Single, HeaderText(_ => new string('[', 1000) + new string(']', 1000)), [Weights, "header"]),
        ["a name twice"] = (Single, HeaderText(h => h.Replace(Gate, "model.layers.0.mlp.up_proj.weight", StringComparison.Ordinal)), [Weights]),
        ["no dtype"] = (Single, Entry(Norm, e => e.Remove("dtype")), [Weights, Norm, "dtype"]),
        ["a dtype of nobody's"] = (Single, Entry(Norm, e => e["dtype"] = "F8_E4M3"), [Weights, Norm, "F8_E4M3"]),
        ["a dtype of another size"] = (Single, Entry(Norm, e => e["dtype"] = "F64"), [Weights, Norm, "expected 384"]),
        ["whole numbers for weights"] = (Single, Entry(Norm, e => e["dtype"] = "I32"), [Weights, Norm, "Int32"]),
        ["a negative size"] = (Single, Entry(Norm, e => e["shape"] = new JsonArray(-48)), [Weights, Norm, "shape"]),
        ["sizes whose product overflows"] = (Single, Entry(Norm, e => e["shape"] = new JsonArray(1L << 40, 1L << 40)), [Weights, Norm]),
        ["a size that is no whole number"] = (Single, Entry(Norm, e => e["shape"] = new JsonArray(48.5)), [Weights]),
        ["forty sizes"] = (Single, Entry(Norm, e => e["shape"] = Forty()), [Weights, Norm, "shape"]),
        ["offsets outside the file"] = (Single, Entry(Norm, e => Move(e, 1L << 50)), [Weights, Norm]),
        ["offsets before the file"] = (Single, Entry(Norm, e => Move(e, -1L << 20)), [Weights, Norm]),
        ["offsets that overlap"] = (Single, Entry(Norm, e => Move(e, -4)), [Weights, "begins at byte"]),
        ["offsets backwards"] = (Single, Entry(Norm, e => e["data_offsets"] = new JsonArray(192, 0)), [Weights, Norm]),
        ["one offset"] = (Single, Entry(Norm, e => e["data_offsets"] = new JsonArray(0)), [Weights, Norm, "data_offsets"]),
        ["a file that ends early"] = (Single, Bytes(Weights, b => b[..^100]), [Weights]),
        ["bytes that belong to nothing"] = (Single, Bytes(Weights, b => [.. b, 1, 2, 3]), [Weights, "3 bytes"]),
        ["an empty file"] = (Single, Bytes(Weights, _ => []), [Weights]),
        ["weights that are not numbers"] = (Single, Bytes(Weights, b => [.. b[..^4], 0, 0, 0xC0, 0x7F]), [Weights, "not finite"]),
        ["a weight under another name"] = (Single, HeaderText(h => h.Replace(Gate, Gate + "s", StringComparison.Ordinal)), [Weights, Gate]),
        ["a shape that the configuration denies"] = (Single, Settings("intermediate_size", 88), [Weights, "mlp.gate_proj.weight", "[88, 48]"]),
        ["more layers than weights"] = (Single, Settings("num_hidden_layers", 1000), [Weights, "model.layers.2."]),
        ["fewer layers than weights"] = (Single, Settings("num_hidden_layers", 1), [Weights, "model.layers.1."]),
        ["a vocabulary of millions"] = (Single, Settings("vocab_size", 4_000_000), [Weights, "embed_tokens", "[4000000, 48]"]),
        ["no number of layers"] = (Single, Settings("num_hidden_layers", null), [Config, "num_hidden_layers"]),
        ["layers by the billion"] = (Single, Settings("num_hidden_layers", 1_000_000_000), [Config, "num_hidden_layers"]),
        ["heads that don't divide"] = (Single, Settings("num_key_value_heads", 4), [Config, "num_key_value_heads"]),
        ["no heads"] = (Single, Settings("num_attention_heads", 0), [Config, "num_attention_heads"]),
        ["an odd head"] = (Single, Settings("head_dim", 7), [Config, "head_dim"]),
        ["another architecture"] = (Single, Settings("model_type", "gemma3"), [Config, "model_type", "gemma3"]),
        ["another activation"] = (Single, Settings("hidden_act", "gelu"), [Config, "hidden_act", "gelu"]),
        ["a text for a number"] = (Single, Settings("rms_norm_eps", "small"), [Config, "rms_norm_eps"]),
        ["quantised weights"] = (Single, Settings("quantization_config", new JsonObject { ["quant_method"] = "gptq" }), [Config, "quantization_config"]),
        ["another kind of RoPE"] = (Sharded, Settings("rope_scaling", new JsonObject { ["rope_type"] = "yarn" }), [Config, "rope_scaling", "yarn"]),
        ["a stretch without its factor"] = (Sharded, Settings("rope_scaling", new JsonObject { ["rope_type"] = "llama3" }), [Config, "rope_scaling.factor"]),
        ["windows here and there"] = (Sharded, folder => Alternating(folder), [Config, "layer_types[2]"]),
        ["a configuration that is a list"] = (Single, Bytes(Config, _ => "[1]"u8.ToArray()), [Config]),
        ["a deep configuration"] = (Single, Bytes(Config, _ => Encoding.UTF8.GetBytes(new string('[', 5000))), [Config]),
        ["a missing shard"] = (Sharded, folder => File.Delete(Path.Combine(folder, Third)), [Third, Index]),
        ["an index that leads outside"] = (Sharded, Shard("../model-00001-of-00005.safetensors"), [Index, Norm, "../model-00001"]),
        ["an index that leads to the root"] = (Sharded, Shard("/etc/passwd"), [Index, Norm, "/etc/passwd"]),
        ["an index that leads to a folder"] = (Sharded, Shard(".."), [Index, Norm]),
        ["an index that names the wrong shard"] = (Sharded, Shard("model-00001-of-00005.safetensors"), ["model-00001-of-00005.safetensors", Norm]),
        ["an index without a map"] = (Sharded, Bytes(Index, _ => "{}"u8.ToArray()), [Index, "weight_map"]),
        ["a name that steers the terminal"] = (Single, Entry(Norm, e => e["dtype"] = "\u001b[31m"), [Weights, Norm, "\\u001b"]),
    };

    private readonly string folder = Directory.CreateTempSubdirectory("hostile-folder").FullName;

    public static TheoryData<string> Names => [.. Kinds.Keys];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_refused_in_a_line_that_names_file_and_key(string kind)
    {
        var (model, damage, named) = Kinds[kind];
        foreach (var file in Directory.GetFiles(Golden.PathOf(model))) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        ModelFolder.Read(folder, DecoderHead.None).Dispose();
        damage(folder);

        var (tensors, allocated) = (TorchRuntime.LiveTensors, GC.GetAllocatedBytesForCurrentThread());
        var refused = Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder, DecoderHead.None));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, AllocatedMost);
        Assert.InRange(TorchRuntime.LiveTensors, 0, tensors);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.DoesNotContain('\u001b', refused.Message);
        Assert.All(named, part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_too_large_for_the_machine_is_refused_by_its_size_before_it_is_read()
    {
        var config = JsonNode.Parse(File.ReadAllBytes(Golden.PathOf(Single, Config)))!.AsObject();
        // 8 billion weights of 16 bits: 16 GB; as many layers more as take the machine's memory twice over.
        var layers = Math.Max(32L, 2 * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 800_000_000);
        foreach (var (key, value) in (IEnumerable<(string, long)>)[
            ("num_hidden_layers", layers), ("hidden_size", 4096), ("intermediate_size", 14_336), ("num_attention_heads", 32), ("num_key_value_heads", 8),
            ("vocab_size", 128_256), ("head_dim", 128)]) config[key] = value;
        File.WriteAllText(Path.Combine(folder, Config), config.ToJsonString());
        var (settings, form, tied) = ModelConfigReader.Read(Path.Combine(folder, Config));
        var header = new JsonObject();
        var end = 0L;
        foreach (var (name, shape) in DecoderNames.Shapes(new DecoderKind(settings, form, tied, SpecialTokens.Own, CPU), DecoderHead.None))
        {
            var from = end;
            end += shape.Aggregate(2L, (product, size) => product * size);
            header[name] = new JsonObject
            {
                ["dtype"] = "BF16",
                ["shape"] = new JsonArray([.. shape.Select(size => (JsonNode)size)]),
                ["data_offsets"] = new JsonArray(from, end),
            };
        }

        var text = Encoding.UTF8.GetBytes(header.ToJsonString());
        using (var file = File.Create(Path.Combine(folder, Weights)))
        {
            file.Write(BitConverter.GetBytes((long)text.Length));
            file.Write(text);
            file.SetLength(8 + text.Length + end);
        }

        Assert.True(end > 16_000_000_000);
        var refused = Assert.Throws<InvalidDataException>(() => ModelFolder.Read(folder, DecoderHead.None));
        Assert.Contains($"{Weights}: its weights take {2 * end / 1e9:F1} GB of memory", refused.Message, StringComparison.Ordinal);
        Assert.Contains("found", refused.Message, StringComparison.Ordinal);
    }

    private static Action<string> Bytes(string file, Func<byte[], byte[]> change) => folder =>
    {
        var path = Path.Combine(folder, file);
        File.WriteAllBytes(path, change(File.ReadAllBytes(path)));
    };

    private static Action<string> Header(long length) => Bytes(Weights, bytes => [.. BitConverter.GetBytes(length), .. bytes[8..]]);

    private static Action<string> HeaderText(Func<string, string> change) => Bytes(Weights, bytes =>
    {
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var header = Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(bytes, 8, length)));
        return [.. BitConverter.GetBytes((long)header.Length), .. header, .. bytes[(8 + length)..]];
    });

    private static Action<string> Entry(string name, Action<JsonObject> change) => HeaderText(header =>
    {
        var json = JsonNode.Parse(header)!;
        change(json[name]!.AsObject());
        return json.ToJsonString();
    });

    private static JsonArray Forty() => [.. Enumerable.Range(1, 40).Select(i => (JsonNode)i)];

    private static void Move(JsonObject entry, long by) =>
        entry["data_offsets"] = new JsonArray((long)entry["data_offsets"]![0]! + by, (long)entry["data_offsets"]![1]! + by);

    private static Action<string> Settings(string key, JsonNode? value) => Bytes(Config, bytes =>
    {
        var json = JsonNode.Parse(bytes)!;
        json[key] = value?.DeepClone();
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    });

    private static Action<string> Shard(string file) => Bytes(Index, bytes =>
    {
        var json = JsonNode.Parse(bytes)!;
        json["weight_map"]![Norm] = file;
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    });

    private static void Alternating(string folder)
    {
        Settings("model_type", "qwen3")(folder);
        Settings("sliding_window", 7)(folder);
        Settings("use_sliding_window", true)(folder);
        Settings("layer_types", new JsonArray("full_attention", "sliding_attention", "full_attention"))(folder);
    }
}
