using Tppo.Core.Cuts;
using Tppo.Core.Models;

namespace Tppo.Facts.Artifacts;

/// <summary>Writes <c>training/lineage.json</c> into a checkpoint, and <c>training/numerics.txt</c> beside it.</summary>
public static class LineageFile
{
    /// <summary>Writes it.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="version">Version of the model.</param>
    /// <param name="cuts">What it took, in order; the last is the step's own.</param>
    /// <param name="parents">Checkpoints that it was made from.</param>
    /// <param name="numerics">Which instruction sets were in force.</param>
    public static void Write(string folder, int version, IReadOnlyList<Cut> cuts, IReadOnlyDictionary<string, string> parents, string numerics)
    {
        Directory.CreateDirectory(Path.Combine(folder, CheckpointFiles.TrainingFolder));
        File.WriteAllBytes(CheckpointFiles.InTraining(folder, CheckpointFiles.Lineage), Of(version, cuts, parents));
        File.WriteAllText(CheckpointFiles.InTraining(folder, CheckpointFiles.Numerics), numerics + "\n");
    }

    /// <summary>What stands in <c>training/lineage.json</c>.</summary>
    public static byte[] Of(int version, IReadOnlyList<Cut> cuts, IReadOnlyDictionary<string, string> parents)
    {
        var last = cuts[^1];
        var lineage = new Lineage(
            1, last.Model, version, [.. cuts.Select(c => new LineageCut(c.Model, c.Ordinal, RecordHash.SortedDigest(c.RecordHashes)))],
            parents, last.SettingsHash, last.CodeVersion, last.ThreadCount);
        return lineage.ToJson();
    }
}
