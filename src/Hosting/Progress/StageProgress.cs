using Tppo.Core.Progress;

namespace Tppo.Hosting.Progress;

/// <summary>One stage. Disposing it ends it.</summary>
public sealed class StageProgress : IProgress<StageReport>, IDisposable
{
    private readonly TimeProvider clock;
    private readonly Lock gate;
    private long started;
    private TimeSpan before;
    private bool running;
    private double count, done, total;
    private string text = "";

    internal StageProgress(string name, StageUnit unit, TimeProvider clock, Lock gate) =>
        (Name, Unit, this.clock, this.gate) = (name, unit, clock, gate);

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
    public void Report(StageReport value)
    {
        if (Unit == StageUnit.Tokens) Count(value.Tokens);
        Report(value.Done, value.Total, value.Text);
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

    internal StageSnapshot Snapshot()
    {
        var elapsed = before + (running ? clock.GetElapsedTime(started) : TimeSpan.Zero);
        return new StageSnapshot(Name, Unit, running, elapsed, count, done, total, text);
    }
}
