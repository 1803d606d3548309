using Tppo.Core.Models;
using Tppo.Core.Settings;
using Tppo.Facts.Artifacts;
using Tppo.Streaming.Log;

namespace Tppo.Steps;

/// <summary>What every training step stands on: training gives it a log that others write to, a rebuild one that only reads.</summary>
/// <param name="Log">Where the records of cuts lie.</param>
/// <param name="Settings">The run's settings.</param>
/// <param name="Artifacts">Where checkpoints are read and left.</param>
public sealed record StepContext(IEventLog Log, RunSettings Settings, ArtifactStore Artifacts)
{
    /// <summary>By which a long step tells when to leave what it has. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The folder of a checkpoint that is to be read: every file in it is looked at first.</summary>
    /// <exception cref="CheckpointDamagedException">It is not there, or not what it was; the message names the file.</exception>
    public string Folder(CheckpointProduced recorded) => Artifacts.Damage(recorded.Checkpoint) is { } damage
        ? throw new CheckpointDamagedException(damage)
        : Artifacts.Folder(recorded.Checkpoint);
}
