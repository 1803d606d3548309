using Tppo.Core.Models;
using Tppo.Core.Settings;
using Tppo.Learning.Models;

namespace Tppo.Learning.Checkpoints;

/// <summary>What a model's folder holds, by its headers alone: no weight is read.</summary>
/// <param name="Root">The folder of weights; another one where the folder holds adapters.</param>
/// <param name="Settings">The shape.</param>
/// <param name="Head">The head that stands in it.</param>
/// <param name="Tied">Whether logits go through the token embedding.</param>
/// <param name="Parameters">Weights, without adapters.</param>
/// <param name="Types">Bytes of weights by their type.</param>
/// <param name="Adapters">Folders of adapters, the uppermost first, each with what its adapters' weights count.</param>
public sealed record ModelDescription(
    string Root, ModelSettings Settings, DecoderHead Head, bool Tied, long Parameters, IReadOnlyDictionary<string, long> Types,
    IReadOnlyList<(string Folder, long Parameters)> Adapters)
{
    /// <summary>Reads the headers of a folder's files.</summary>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or asks for something that is not here.</exception>
    public static ModelDescription Of(string folder)
    {
        var chain = AdapterFolder.Chain(folder);
        var root = chain[^1];
        var (settings, _, tied) = ModelConfigReader.Read(Path.Combine(root, CheckpointFiles.Config));
        using var weights = WeightFiles.OfFolder(root);
        var entries = weights.Files.SelectMany(file => file.Entries).ToList();
        var adapters = new List<(string, long)>();
        var head = HeadOf(entries.Select(e => (e.Key, e.Value.Shape)));
        foreach (var upper in chain.SkipLast(1))
        {
            using var file = SafeTensorsFile.Open(Path.Combine(upper, AdapterFolder.WeightsFile));
            if (adapters.Count == 0) head = HeadOf(file.Entries.Select(e => (e.Key, e.Value.Shape)));
            adapters.Add((upper, file.Entries.Values.Sum(Count)));
        }

        var types = entries.Select(e => e.Value).GroupBy(e => SafeTensors.Types.First(t => t.Type == e.Type).Name);
        return new ModelDescription(
            root, settings, head, tied, entries.Sum(e => Count(e.Value)), types.ToDictionary(g => g.Key, g => g.Sum(e => e.To - e.From)), adapters);
    }

    private static long Count(TensorEntry entry) => entry.Shape.Aggregate(1L, (product, size) => product * size);

    private static DecoderHead HeadOf(IEnumerable<(string Name, long[] Shape)> weights)
    {
        var score = weights.FirstOrDefault(w => w.Name.EndsWith("score.weight", StringComparison.Ordinal)).Shape;
        return score is null ? DecoderHead.None
            : score[0] == Decoder.Outputs(DecoderHead.Category) ? DecoderHead.Category
            : score[0] == Decoder.Outputs(DecoderHead.Value) ? DecoderHead.Value
            : throw new InvalidDataException($"score.weight: expected 1 or 3 outputs, found {score[0]}");
    }
}
