using Tppo.Core.Settings;
using Tppo.Facts.Artifacts;
using Tppo.Streaming.Log;

namespace Tppo.Steps;

/// <summary>What every training step stands on: training gives it a log that others write to, a rebuild one that only reads.</summary>
/// <param name="Log">Where the records of cuts lie.</param>
/// <param name="Settings">The run's settings.</param>
/// <param name="Artifacts">Where checkpoints are read and left.</param>
public sealed record StepContext(IEventLog Log, RunSettings Settings, ArtifactStore Artifacts);
