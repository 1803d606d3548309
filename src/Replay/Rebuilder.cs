using Tppo.Core;
using Tppo.Core.Models;
using Tppo.Core.Settings;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Cuts;
using Tppo.Facts.Models;
using Tppo.Facts.Runs;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Progress;
using Tppo.Steps;
using Tppo.Streaming.Log;

namespace Tppo.Replay;

/// <summary>
/// Walks the recorded cuts of each policy and of the reward model and critic that it rests on, by the very steps that
/// training took. Side effects are off: it has a log that only reads, a store of its own, and no judge to ask.
/// </summary>
public sealed class Rebuilder
{
    private static readonly string[] Families = [ModelFamilies.Policy, ModelFamilies.Reward, ModelFamilies.Critic];
    private readonly ModelLog models;
    private readonly CheckpointMaker maker;
    private readonly ArtifactStore artifacts;
    private readonly RunSettings settings;
    private readonly RunFolder folder;

    /// <summary>A rebuilder.</summary>
    /// <param name="log">The log, for reading.</param>
    /// <param name="settings">The run's settings.</param>
    /// <param name="folder">Where what is made is left.</param>
    /// <param name="board">Where progress is shown.</param>
    public Rebuilder(IEventLog log, RunSettings settings, RunFolder folder, StageBoard board)
    {
        (this.settings, this.folder) = (settings, folder);
        models = new ModelLog(log);
        artifacts = new ArtifactStore(folder.Rebuilt);
        maker = new CheckpointMaker(new StepContext(log, settings, artifacts), models, board, warn: _ => { });
    }

    /// <summary>Rebuilds one policy, or all, with what they rest on.</summary>
    /// <param name="model">A model's name: its policy, reward model or critic, with what it rests on; null: all.</param>
    /// <param name="cancellation">Stops between steps; the same call goes on there.</param>
    /// <exception cref="UserException">There is no such model.</exception>
    /// <exception cref="CutMismatchException">The log no longer holds what a cut named.</exception>
    public IReadOnlyList<RebuiltCheckpoint> Rebuild(string? model, CancellationToken cancellation)
    {
        models.Refresh();
        artifacts.Prepare();
        var policies = models.Checkpoints.Where(c => c.Version == 0 && c.Model == c.Fold.Model(ModelFamilies.Policy)
            && (model is null || Families.Any(f => c.Fold.Model(f) == model))).ToList();
        if (policies.Count == 0)
        {
            var known = models.Checkpoints.Select(c => c.Model).Distinct().ToList();
            var found = known.Count > 0 ? string.Join(", ", known) : "none";
            throw new UserException($"{folder.Path}: expected checkpoints of {model ?? "a policy"}, found {found}");
        }

        return [.. policies.SelectMany(policy => Chain(policy, model)).Select(recorded => Rebuild(recorded, cancellation))];
    }

    // What a policy rests on first, then its versions: each goes on from the one before.
    private List<CheckpointProduced> Chain(CheckpointProduced sft, string? model)
    {
        var chain = new List<CheckpointProduced> { sft };
        foreach (var family in (string[])[ModelFamilies.Reward, ModelFamilies.Critic])
        {
            if (models.Find(sft.Fold.Model(family), 0) is not { } recorded) return chain;
            chain.Add(recorded);
            if (recorded.Model == model) return chain;
        }

        return [.. chain, .. models.Checkpoints.Where(c => c.Model == sft.Model && c.Version > 0)];
    }

    private RebuiltCheckpoint Rebuild(CheckpointProduced recorded, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var result = new RebuiltCheckpoint(recorded, maker.Ready(recorded, cancellation).WeightsSha256);
        LogInstruments.ReplayProgress.WithLabels(recorded.Model).Set(
            Math.Min(1, recorded.Version / (double)settings.Tppo.Updates));
        return result;
    }
}
