using Tppo.Core.Cuts;
using Tppo.Core.Models;
using Tppo.Facts.Artifacts;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;

namespace Tppo.Steps;

/// <summary>
/// What supervised fine-tuning leaves once a minute and when it is asked to stop: a checkpoint that no fact names, under
/// <c>checkpoints/on-the-way/MODEL</c>. It is gone on from where every file of it is as its name says and it is of the same cut.
/// </summary>
/// <param name="artifacts">The run's checkpoints.</param>
/// <param name="cut">What is learned from.</param>
/// <param name="tokenizer">The tokenizer learned from it.</param>
/// <param name="clock">Tells when a minute has passed.</param>
internal sealed class SftWay(ArtifactStore artifacts, Cut cut, Tokenizer tokenizer, TimeProvider clock) : ISftWay
{
    private static readonly TimeSpan KeepEvery = TimeSpan.FromMinutes(1);
    private readonly ArtifactStore store = artifacts.OnTheWay(cut.Model);
    private long kept = clock.GetTimestamp();

    public SftLeft? Left()
    {
        var candidates = store.Names().Where(store.HasIntact).Select(store.Folder).Where(IsOfThisCut);
        if (candidates.MaxBy(folder => Curves.Read<StepStats>(folder).Count) is not { } best) return null;
        return new SftLeft(
            ModelFolder.Read(best, DecoderHead.None),
            SafeTensors.Read(CheckpointFiles.InTraining(best, CheckpointFiles.PolicyOptimiser)),
            Curves.Read<StepStats>(best));
    }

    public void Between(Decoder policy, AdamW optimiser, IReadOnlyList<StepStats> curve, bool stopping)
    {
        if (curve.Count == 0 || (!stopping && clock.GetElapsedTime(kept) < KeepEvery)) return;
        var stored = store.Add(folder =>
        {
            ModelFolder.Write(folder, policy, policy.Settings, tokenizer);
            LineageFile.Write(folder, 0, [cut], NoParents, TorchRuntime.InForce);
            Curves.Write(folder, curve);
            using var scope = TorchSharp.torch.NewDisposeScope();
            SafeTensors.Write(CheckpointFiles.InTraining(folder, CheckpointFiles.PolicyOptimiser), optimiser.State());
        });
        foreach (var name in store.Names().Where(n => n != stored.Name)) store.Remove(name);
        kept = clock.GetTimestamp();
    }

    /// <summary>Removes what was left: the step is taken.</summary>
    public void Clear() => store.RemoveAll();

    private static Dictionary<string, string> NoParents => [];

    private bool IsOfThisCut(string folder) => LineageFile.Of(0, [cut], NoParents).AsSpan().SequenceEqual(
        File.ReadAllBytes(CheckpointFiles.InTraining(folder, CheckpointFiles.Lineage)));
}
