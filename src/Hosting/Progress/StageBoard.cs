using System.Diagnostics;

namespace Tppo.Hosting.Progress;

/// <summary>What a stage's rate counts.</summary>
public enum StageUnit
{
    /// <summary>Nothing that has a rate.</summary>
    None,

    /// <summary>Events.</summary>
    Events,

    /// <summary>Tokens.</summary>
    Tokens,
}

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

/// <summary>One stage. Disposing it ends it.</summary>
public sealed class StageProgress : IDisposable
{
    private readonly TimeProvider clock;
    private readonly Lock gate;
    private long started;
    private TimeSpan before;
    private bool running;
    private double count, done, total;
    private string text = "";

    internal StageProgress(string name, StageUnit unit, TimeProvider clock, Lock gate) => (Name, Unit, this.clock, this.gate) = (name, unit, clock, gate);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What <see cref="Count"/> counts.</summary>
    public StageUnit Unit { get; }

    /// <summary>Adds to what the stage's rate counts.</summary>
    public void Count(double more)
    {
        lock (gate) count += more;
    }

    /// <summary>Says how far the stage is, and a few words about it.</summary>
    public void Report(double done, double total, string text)
    {
        lock (gate) (this.done, this.total, this.text) = (done, total, text);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            if (!running) return;
            before += clock.GetElapsedTime(started);
            running = false;
        }
    }

    internal void Resume()
    {
        if (running) return;
        started = clock.GetTimestamp();
        running = true;
    }

    internal StageSnapshot Snapshot() => new(Name, Unit, running, before + (running ? clock.GetElapsedTime(started) : TimeSpan.Zero), count, done, total, text);
}

/// <summary>A stage at one moment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Unit">What <paramref name="Count"/> counts.</param>
/// <param name="Running">Whether it runs.</param>
/// <param name="Elapsed">How long it has run.</param>
/// <param name="Count">What its rate counts.</param>
/// <param name="Done">How far it is.</param>
/// <param name="Total">Of how much; 0 where that is not known.</param>
/// <param name="Text">A few words about it.</param>
public sealed record StageSnapshot(string Name, StageUnit Unit, bool Running, TimeSpan Elapsed, double Count, double Done, double Total, string Text);
