using System.Globalization;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;

namespace Tppo.Hosting.Health;

/// <summary>Whether a process can do what it is there for, and if not, why: what <c>/readyz</c> says.</summary>
/// <param name="host">Its workers.</param>
/// <param name="log">Whether the log answers.</param>
/// <param name="board">Their progress.</param>
/// <param name="folder">Where it writes.</param>
/// <param name="freeBytes">How much room is left there.</param>
/// <param name="clock">Tells how long nothing has moved.</param>
public sealed class Readiness(WorkerHost host, LogProbe log, StageBoard board, string folder, Func<string, long> freeBytes, TimeProvider clock)
{
    /// <summary>A worker that is at one piece of work for so long, with no progress to show, is stuck.</summary>
    public static readonly TimeSpan ProgressWithin = TimeSpan.FromMinutes(10);

    /// <summary>Least room on the disk.</summary>
    public const long FreeBytesLeast = 64 << 20;

    private readonly Lock gate = new();
    private double moved = -1;
    private long movedAt = clock.GetTimestamp();

    /// <summary>How much room is left on the disk of a folder.</summary>
    public static long FreeBytes(string folder) => new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;

    /// <summary>Whether no worker has failed.</summary>
    public bool IsHealthy => host.IsHealthy;

    /// <summary>Why it is not ready, a line each; none: it is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        faults.AddRange(host.Failures.Select(f => $"{f.Worker}: {f.Message}"));
        if (!host.HasComeRound) faults.Add("starting: not every worker has come round once");
        if (log.Fault is { } unreachable) faults.Add(unreachable);
        if (freeBytes(folder) is var free && free < FreeBytesLeast)
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"disk: {free >> 20} MiB left, expected at least {FreeBytesLeast >> 20}: {folder}"));
        if (Still() is var still && still > ProgressWithin)
            faults.AddRange(host.AtWorkFor(ProgressWithin).Select(w => FormattableString.Invariant($"{w}: no progress for {still.TotalSeconds:F0} s")));
        return faults;
    }

    private TimeSpan Still()
    {
        var now = board.Snapshot().Sum(s => s.Count + s.Done + s.Text.GetHashCode(StringComparison.Ordinal) + (s.Running ? 1 : 0));
        lock (gate)
        {
            if (!now.Equals(moved)) (moved, movedAt) = (now, clock.GetTimestamp());
            return clock.GetElapsedTime(movedAt);
        }
    }
}
