using System.Diagnostics;

namespace Tppo.Hosting.Progress;

/// <summary>Stages as they run: who shows progress reads here, who works reports here. Thread-safe.</summary>
/// <param name="clock">Where elapsed time is taken from.</param>
public sealed class StageBoard(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly List<StageProgress> stages = [];

    /// <summary>All stages in order of their starts, as they are now.</summary>
    public IReadOnlyList<StageSnapshot> Snapshot()
    {
        lock (gate) return [.. stages.Select(s => s.Snapshot())];
    }

    /// <summary>Starts a stage, or goes on with one of this name.</summary>
    public StageProgress Start(string name, StageUnit unit = StageUnit.None)
    {
        lock (gate)
        {
            var stage = stages.Find(s => s.Name == name);
            if (stage is null) stages.Add(stage = new StageProgress(name, unit, clock, gate));
            stage.Resume();
            return stage;
        }
    }

    /// <summary>Peak memory of the process so far, in MB.</summary>
    public static double PeakMemoryMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e6;
    }
}
