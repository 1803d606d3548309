using Microsoft.Extensions.Logging;
using Tppo.Facts.Cuts;
using Tppo.Hosting.Instruments;
using Tppo.Streaming.Log;

namespace Tppo.Hosting.Workers;

/// <summary>
/// Runs workers, each on a thread of its own, until cancelled, until one fails, or until all are idle. Idle is told by the
/// log's commit count: a worker that found nothing to do at the present count can only find something after another commit.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="logger">Where starts, stops and failures are told.</param>
/// <param name="presence">The other processes on the log; null: there can be none.</param>
/// <param name="clock">By which it waits; null: the system's.</param>
public sealed class WorkerHost(IEventLog log, ILogger<WorkerHost> logger, Presence? presence = null, TimeProvider? clock = null)
{
    private static readonly TimeSpan CommitAwaitedFor = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan IdleAskedEvery = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan OthersAskedEvery = TimeSpan.FromMilliseconds(200);
    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly Lock gate = new();
    private readonly Dictionary<string, WorkerState> states = [];
    private string toldOthers = "";

    /// <summary>Whether every worker has come round once.</summary>
    public bool HasComeRound
    {
        get
        {
            lock (gate) return states.Count > 0 && states.Values.All(s => s.Rounds > 0);
        }
    }

    /// <summary>Workers that have failed, and of what.</summary>
    public IReadOnlyList<(string Worker, string Message)> Failures
    {
        get
        {
            lock (gate) return [.. states.Where(s => s.Value.Failure is not null).Select(s => (s.Key, s.Value.Failure!.Message.ReplaceLineEndings(" ")))];
        }
    }

    /// <summary>Workers that have been at one piece of work for longer than a while.</summary>
    public IReadOnlyList<string> AtWorkFor(TimeSpan most)
    {
        lock (gate) return [.. states.Where(s => s.Value.AtWorkSince is { } since && clock.GetElapsedTime(since) > most).Select(s => s.Key)];
    }

    /// <summary>Whether no worker has failed.</summary>
    public bool IsHealthy
    {
        get
        {
            lock (gate) return states.Values.All(s => s.Failure is null);
        }
    }

    /// <summary>Runs the workers; returns when all have stopped.</summary>
    /// <param name="workers">Who works; disposed at the end.</param>
    /// <param name="untilIdle">Whether to end when nothing is left to do.</param>
    /// <param name="cancellation">Asks for an ordered stop: each worker ends its present step.</param>
    /// <exception cref="Exception">What the first worker to fail threw.</exception>
    public void Run(IReadOnlyList<IWorker> workers, bool untilIdle, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lock (gate)
        {
            foreach (var worker in workers) states.Add(worker.Name, new WorkerState());
        }

        var threads = workers.Select(w => new Thread(() => Loop(w, states[w.Name], stop)) { Name = w.Name, IsBackground = true }).ToList();
        threads.ForEach(t => t.Start());
        try
        {
            while (untilIdle && !stop.IsCancellationRequested)
            {
                if (NothingIsLeft()) stop.Cancel();
                else clock.Pause(presence is null ? IdleAskedEvery : OthersAskedEvery, stop.Token);
            }
        }
        catch
        {
            // Nobody is left alone at work: what is thrown here goes on when all have stopped.
            stop.Cancel();
            throw;
        }
        finally
        {
            threads.ForEach(t => t.Join());
        }

        if (states.Values.FirstOrDefault(s => s.Failure is not null)?.Failure is { } failure)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    private bool NothingIsLeft()
    {
        var idleAt = IdleAt();
        presence?.Tell(idleAt);
        if (idleAt is not { } at || log.Commits != at) return false;
        if (presence?.AllAreIdle(at) != false) return log.Commits == at;
        if (presence.Busy.Count > 0) TellWhom(string.Join(", ", presence.Busy));
        return false;
    }

    // The count at which every worker has found nothing to do; null where there is none.
    private long? IdleAt()
    {
        lock (gate)
        {
            var at = states.Values.First().IdleAt;
            return states.Values.All(s => s.IdleAt == at) ? at : null;
        }
    }

    private void TellWhom(string others)
    {
        if (others == toldOthers) return;
        toldOthers = others;
        Log.WaitingForOthers(logger, others);
    }

    private void Loop(IWorker worker, WorkerState state, CancellationTokenSource stop)
    {
        Log.WorkerStarted(logger, worker.Name);
        try
        {
            using (worker)
            {
                while (!stop.IsCancellationRequested)
                {
                    var seen = log.Commits;
                    lock (gate) state.AtWorkSince = clock.GetTimestamp();
                    var worked = worker.Work(stop.Token);
                    lock (gate)
                    {
                        state.AtWorkSince = null;
                        state.Rounds++;
                        state.IdleAt = worked ? null : seen;
                    }

                    if (!worked) log.WaitForCommit(seen, CommitAwaitedFor, stop.Token);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // An ordered stop: the step at hand was not finished and will be taken again.
        }
        catch (Exception e)
        {
            // Not handled here: the run ends, and Run throws it again.
            if (e is CutMismatchException) TrainingInstruments.CutDigestMismatch.Inc();
            lock (gate) state.Failure = e;
            stop.Cancel();
        }

        Log.WorkerStopped(logger, worker.Name);
    }

    private sealed class WorkerState
    {
        public long Rounds { get; set; }

        public long? IdleAt { get; set; }

        public long? AtWorkSince { get; set; }

        public Exception? Failure { get; set; }
    }
}
