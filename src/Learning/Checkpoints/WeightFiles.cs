using System.Text.Json;
using Tppo.Core.Models;
using Tppo.Core.Text;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Checkpoints;

/// <summary>A model's weights, in one safetensors file or in several with an index: open, checked against each other, not read yet.</summary>
internal sealed class WeightFiles : IDisposable
{
    internal const string Index = "model.safetensors.index.json";

    // What other programs leave in weights and no decoder needs.
    private static readonly string[] Ignored = [".rotary_emb.inv_freq", ".masked_bias"];

    private readonly List<SafeTensorsFile> files = [];
    private readonly Dictionary<string, SafeTensorsFile> places = new(StringComparer.Ordinal);

    private WeightFiles(string path) => Path = path;

    /// <summary>The file, or the index.</summary>
    internal string Path { get; }

    /// <summary>The files, open.</summary>
    internal IReadOnlyList<SafeTensorsFile> Files => files;

    /// <summary>One file.</summary>
    /// <exception cref="InvalidDataException">It is no safetensors file, or its header does not fit it.</exception>
    internal static WeightFiles OfFile(string path) => new WeightFiles(path).Opened(weights => weights.Add(path));

    /// <summary>Those of a folder: <c>model.safetensors</c>, or what <c>model.safetensors.index.json</c> names.</summary>
    /// <exception cref="InvalidDataException">A file is missing, damaged, or not what the index says.</exception>
    internal static WeightFiles OfFolder(string folder)
    {
        var (single, index) = (System.IO.Path.Combine(folder, CheckpointFiles.Weights), System.IO.Path.Combine(folder, Index));
        if (File.Exists(single) || !File.Exists(index)) return OfFile(single);
        return new WeightFiles(index).Opened(weights => weights.AddIndexed(folder, ReadIndex(index)));
    }

    /// <summary>Checks that the weights are those of a decoder, no less and no more, each in its shape.</summary>
    /// <exception cref="InvalidDataException">One is missing, too many, or of another shape.</exception>
    internal void Require(DecoderKind kind, DecoderHead head)
    {
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, shape) in DecoderNames.Shapes(kind, head))
        {
            if (!places.TryGetValue(name, out var file))
                throw new InvalidDataException($"{Path}: the weights lack {name}, which {CheckpointFiles.Config} asks for");
            var entry = file.Entries[name];
            expected.Add(name);
            if (entry.Shape.SequenceEqual(shape)) continue;
            var wanted = $"[{string.Join(", ", shape)}] by {CheckpointFiles.Config}";
            throw new InvalidDataException($"{file.Path}: {name} has shape {entry.Shown}, expected {wanted}");
        }

        // A tied head may be written all the same.
        if (kind.Tied) expected.Add("lm_head.weight");
        if (places.Keys.FirstOrDefault(name => !expected.Contains(name) && !Array.Exists(Ignored, name.EndsWith)) is { } more)
            throw new InvalidDataException($"{places[more].Path}: {Printable.Short(more)} is no weight of the model that {CheckpointFiles.Config} describes");
    }

    /// <summary>Reads all weights of a decoder that <see cref="Require"/> has been asked about.</summary>
    /// <exception cref="InvalidDataException">A weight has a type that is not read, or holds a number that is not finite.</exception>
    internal void ReadInto(Decoder decoder)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var (name, target) in DecoderNames.Export(decoder))
        {
            if (decoder.Device.type == TorchSharp.DeviceType.CPU)
            {
                places[name].ReadInto(name, target);
                continue;
            }

            using var near = CPU.Empty(float32, target.shape);
            places[name].ReadInto(name, near);
            target.copy_(near);
        }
    }

    public void Dispose() => files.ForEach(file => file.Dispose());

    private static Dictionary<string, string> ReadIndex(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { AllowDuplicateProperties = false });
            var map = json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("weight_map", out var found)
                ? found
                : throw new InvalidDataException($"{path}: expected a JSON object with a weight_map");
            return map.EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? "", StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: not an index of weights: {e.Message}", e);
        }
    }

    private WeightFiles Opened(Action<WeightFiles> open)
    {
        try
        {
            open(this);
            return this;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private SafeTensorsFile Add(string path)
    {
        var file = SafeTensorsFile.Open(path);
        files.Add(file);
        foreach (var name in file.Entries.Keys)
        {
            if (!places.TryAdd(name, file)) throw new InvalidDataException($"{path}: {Printable.Short(name)} stands in {places[name].Path} too");
        }

        return file;
    }

    private void AddIndexed(string folder, Dictionary<string, string> map)
    {
        foreach (var (name, shard) in map)
        {
            // A name, and not a way out of the folder.
            if (shard.Length == 0 || shard is "." or ".." || shard.AsSpan().ContainsAny('/', '\\', '\0'))
                throw new InvalidDataException($"{Path}: weight_map.{Printable.Short(name)}: expected a file in this folder; found {Printable.Short(shard)}");
        }

        var opened = new Dictionary<string, SafeTensorsFile>(StringComparer.Ordinal);
        foreach (var shard in map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var path = System.IO.Path.Combine(folder, shard);
            if (!File.Exists(path)) throw new InvalidDataException($"{path}: no such file; {Index} names it");
            opened[shard] = Add(path);
        }

        foreach (var (name, shard) in map)
        {
            if (!opened[shard].Entries.ContainsKey(name))
                throw new InvalidDataException($"{opened[shard].Path}: has no {Printable.Short(name)}; {Index} says that it does");
        }
    }
}
