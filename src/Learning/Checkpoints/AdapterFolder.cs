using Tppo.Core.Models;
using Tppo.Core.Text;
using Tppo.Learning.Models;
using Tppo.Learning.Tokenizing;
using static TorchSharp.torch;

namespace Tppo.Learning.Checkpoints;

/// <summary>
/// Adapters as a folder in the PEFT library's layout, <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>: it names the folder
/// of the model that they stand on, which may be one of adapters again.
/// </summary>
internal static class AdapterFolder
{
    internal const string WeightsFile = "adapter_model.safetensors";
    private const string Prefix = "base_model.model.";
    private const string Down = ".lora_A.weight";
    private const string Up = ".lora_B.weight";
    private const int DepthMax = 16;

    /// <summary>Whether a folder holds adapters.</summary>
    internal static bool Is(string folder) => File.Exists(Path.Combine(folder, AdapterConfig.FileName));

    /// <summary>The folder of the weights that a folder's adapters stand on in the end; the folder itself where it holds none.</summary>
    /// <exception cref="InvalidDataException">A base is not there, or is one of those that stand on it.</exception>
    internal static string Root(string folder) => Chain(folder)[^1];

    /// <summary>From a folder of adapters down to the folder of weights.</summary>
    internal static List<string> Chain(string folder)
    {
        List<string> chain = [Real(folder)];
        while (Is(chain[^1]))
        {
            var config = AdapterConfig.Read(Path.Combine(chain[^1], AdapterConfig.FileName));
            const string Key = "base_model_name_or_path";
            var path = Path.Combine(chain[^1], config.Base);
            if (!Directory.Exists(path)) throw config.Expected(Key, "a folder, absolute or from this one", config.Base);
            var next = Real(path);
            if (chain.Contains(next)) throw config.Expected(Key, "a folder that does not itself stand on this one", config.Base);
            chain.Add(next);
            if (chain.Count > DepthMax) throw config.Expected(Key, $"at most {DepthMax} folders, one on the other", config.Base);
        }

        return chain;
    }

    /// <summary>Reads a decoder with its adapters. What they stand on is merged where it has adapters of its own.</summary>
    /// <exception cref="InvalidDataException">A file is damaged, lacks a weight, or asks for something that is not here.</exception>
    internal static Decoder Read(string folder, DecoderHead head, SpecialTokens? specials)
    {
        var chain = Chain(folder);
        var decoder = ModelFolder.ReadPlain(chain[^1], DecoderHead.None, specials);
        for (var i = chain.Count - 2; i >= 0; i--)
        {
            using var below = decoder;
            using var merged = below.Adapters.Count == 0 ? null : below.Merged();
            decoder = On(merged ?? below, chain[i], i == 0 ? head : DecoderHead.None);
        }

        return decoder;
    }

    /// <summary>Writes a decoder's adapters, and its head where it has one.</summary>
    /// <param name="folder">Where to; it is made if needed.</param>
    /// <param name="decoder">The decoder.</param>
    /// <param name="under">The folder of what they stand on, as it is to be named.</param>
    internal static void Write(string folder, Decoder decoder, string under) =>
        Write(folder, decoder.Kind, decoder.Adapters, decoder.Head, decoder.NamedHead().Select(named => (named.Name, (Tensor)named.Parameter)), under);

    /// <summary>Writes all adapters of a folder, those below it too, as one adapter a layer on the folder of weights: A and B side by side.</summary>
    /// <param name="target">Where to; it is made if needed.</param>
    /// <param name="folder">A folder of adapters without a head.</param>
    /// <exception cref="InvalidDataException">A file is damaged, or has a head.</exception>
    internal static void WriteStacked(string target, string folder)
    {
        var chain = Chain(folder);
        var (settings, form, tied) = ModelConfigReader.Read(Path.Combine(chain[^1], CheckpointFiles.Config));
        var kind = new DecoderKind(settings, form, tied, SpecialTokens.Own, CPU);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var levels = chain.SkipLast(1).Select(level =>
        {
            using var file = SafeTensorsFile.Open(Path.Combine(level, WeightsFile));
            return Adapters(AdapterConfig.Read(Path.Combine(level, AdapterConfig.FileName)), file, kind, DecoderHead.None);
        }).ToList();
        try
        {
            IReadOnlyList<LowRank> all = levels.Count == 1 ? levels[0] : [.. levels.SelectMany(level => level).GroupBy(a => a.Module).Select(LowRank.Stacked)];
            Write(target, kind, all, DecoderHead.None, [], chain[^1]);
            if (levels.Count > 1) foreach (var adapter in all) adapter.Dispose();
        }
        finally
        {
            foreach (var adapter in levels.SelectMany(level => level)) adapter.Dispose();
        }
    }

    /// <summary>A folder's path without links.</summary>
    internal static string Real(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Directory.Exists(full) ? new DirectoryInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? full : full;
    }

    private static void Write(
        string folder, DecoderKind kind, IReadOnlyList<LowRank> adapters, DecoderHead head, IEnumerable<(string Name, Tensor Weight)> ofHead, string under)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, AdapterConfig.FileName), AdapterConfigWriter.Write(kind, adapters, head, under));
        using var scope = NewDisposeScope();
        var weights = adapters.SelectMany(a => ((string, Tensor)[])[(a.Module + Down, a.Down_RI), (a.Module + Up, a.Up_OR)]).Concat(ofHead);
        SafeTensors.Write(Path.Combine(folder, WeightsFile), weights.Select(named => KeyValuePair.Create(Prefix + named.Item1, named.Item2.detach())));
    }

    private static Decoder On(Decoder under, string folder, DecoderHead head)
    {
        var config = AdapterConfig.Read(Path.Combine(folder, AdapterConfig.FileName));
        using var file = SafeTensorsFile.Open(Path.Combine(folder, WeightsFile));
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var adapters = Adapters(config, file, under.Kind, head);
        var decoder = new Decoder(under.Backbone.Share(), adapters, head, null);
        try
        {
            foreach (var (name, weight) in decoder.NamedHead()) file.ReadInto(Prefix + name, weight.detach());
            return decoder;
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    private static List<LowRank> Adapters(AdapterConfig config, SafeTensorsFile file, DecoderKind kind, DecoderHead head)
    {
        var made = new List<LowRank>();
        try
        {
            var weights = new Weights(kind.Device, null);
            foreach (var (module, rank, outputs, inputs) in Require(config, file, kind, head))
            {
                var scale = config.Scale(module);
                made.Add(new LowRank(module, weights.Zeros(rank, inputs), weights.Zeros(outputs, rank), scale));
                file.ReadInto(Prefix + module + Down, made[^1].Down_RI.detach());
                file.ReadInto(Prefix + module + Up, made[^1].Up_OR.detach());
            }

            return made;
        }
        catch
        {
            made.ForEach(adapter => adapter.Dispose());
            throw;
        }
    }

    // Each layer that the configuration names has its two weights in their shapes, and there is nothing else.
    private static List<(string Module, int Rank, int Outputs, int Inputs)> Require(
        AdapterConfig config, SafeTensorsFile file, DecoderKind kind, DecoderHead head)
    {
        var all = DecoderNames.Linear(kind).ToList();
        config.RequireTargets([.. all.Select(l => l.Module)]);
        if (config.HasHead != (head != DecoderHead.None))
            throw config.Expected("modules_to_save", config.HasHead ? "nothing, for a model without a head" : $"[\"{AdapterConfig.Head}\"]", "another");
        var layers = all.Where(l => config.IsOn(l.Module, l.Block)).Select(l => (l.Module, Rank: config.Rank(l.Module), l.Outputs, l.Inputs)).ToList();
        if (layers.Count == 0) throw config.Expected("target_modules", "a linear layer of a block", "none");
        var expected = new Dictionary<string, long[]>(StringComparer.Ordinal);
        foreach (var (module, rank, outputs, inputs) in layers)
            (expected[Prefix + module + Down], expected[Prefix + module + Up]) = ([rank, inputs], [outputs, rank]);
        foreach (var (name, shape) in DecoderNames.Head(kind, head)) expected[Prefix + name] = shape;
        foreach (var (name, shape) in expected)
        {
            if (!file.Entries.TryGetValue(name, out var entry))
                throw new InvalidDataException($"{file.Path}: lacks {name}, which {AdapterConfig.FileName} asks for");
            var wanted = $"[{string.Join(", ", shape)}] by {AdapterConfig.FileName}";
            if (!entry.Shape.SequenceEqual(shape)) throw new InvalidDataException($"{file.Path}: {name} has shape {entry.Shown}, expected {wanted}");
        }

        if (file.Entries.Keys.FirstOrDefault(name => !expected.ContainsKey(name)) is { } more)
            throw new InvalidDataException($"{file.Path}: {Printable.Short(more)} is no weight of the adapters that {AdapterConfig.FileName} describes");
        return layers;
    }
}
