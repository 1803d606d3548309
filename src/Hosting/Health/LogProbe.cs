using System.Globalization;
using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Hosting.Health;

/// <summary>Asks the log for something small now and then, on a thread of its own, so that who is asked for readiness need not wait for it.</summary>
/// <param name="log">The log.</param>
/// <param name="clock">By which it waits.</param>
/// <param name="lag">Told each time, where the log answers; null: nobody.</param>
public sealed class LogProbe(IEventLog log, TimeProvider clock, TailLag? lag = null) : IDisposable
{
    /// <summary>How long an answer may take.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan AskedEvery = TimeSpan.FromSeconds(5);
    private static readonly TopicPartition Asked = new(Topics.Models, 0);
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private long? asking;
    private string? failed;

    /// <summary>Why the log counts as out of reach; null: it answers.</summary>
    public string? Fault
    {
        get
        {
            lock (gate)
            {
                if (asking is { } since && clock.GetElapsedTime(since) is var waited && waited > AnswerWithin)
                    return string.Create(CultureInfo.InvariantCulture, $"log: no answer for {waited.TotalSeconds:F0} s");
                return failed is null ? null : $"log: {failed}";
            }
        }
    }

    /// <summary>Begins to ask.</summary>
    public void Start() => new Thread(Loop) { Name = "log probe", IsBackground = true }.Start();

    /// <summary>Asks once.</summary>
    public void Ask()
    {
        lock (gate) asking = clock.GetTimestamp();
        string? what = null;
        try
        {
            log.Bounds(Asked);
            lag?.Tell(log, clock.GetUtcNow());
        }
        catch (Exception e) when (e is not (ObjectDisposedException or OperationCanceledException))
        {
            // Whatever it is, it is what readiness has to say; nothing else hangs on this thread.
            what = e.Message;
        }

        lock (gate) (asking, failed) = (null, what);
    }

    /// <inheritdoc/>
    public void Dispose() => stop.Cancel();

    private void Loop()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Ask();
            }
            catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
            {
                // The log was closed, or waits no more: the process ends.
                return;
            }

            clock.Pause(AskedEvery, stop.Token);
        }
    }
}
