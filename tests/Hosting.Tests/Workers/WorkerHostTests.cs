using Microsoft.Extensions.Logging.Abstractions;
using Tppo.Core.Log;
using Tppo.Hosting.Workers;
using Tppo.Streaming.Log;
using Tppo.TestKit;

namespace Tppo.Hosting.Tests;

public class WorkerHostTests
{
    [Fact]
    public void Until_idle_ends_when_no_worker_has_anything_left_and_nobody_has_written_since()
    {
        using var log = new TestLog();

        // Each hands the next a record, so that idleness passes down a chain of three.
        var first = new ScriptedWorker("first", (round, _) => Write(log, Topics.Search, round < 5));
        var second = Follower(log, "second", Topics.Search, Topics.Click);
        var third = Follower(log, "third", Topics.Click, Topics.Visit);
        var host = Host(log);
        host.Run([third, second, first], untilIdle: true, TestContext.Current.CancellationToken);
        Assert.Equal(5, log.Records(Topics.Visit).Count);
        Assert.True(host.IsHealthy && host.HasComeRound);
        Assert.All([first, second, third], w => Assert.True(w.IsDisposed && w.Threads.Count == 1));
    }

    [Fact]
    public void A_worker_that_was_idle_before_the_last_commit_is_not_idle_while_it_works_on_it()
    {
        using var log = new TestLog();
        ScriptedWorker? first = null;
        var third = Follower(log, "third", Topics.Click, Topics.Visit);
        var copy = Follower(log, "copy", Topics.Search, Topics.Click);
        var second = new ScriptedWorker("second", (round, token) =>
        {
            // It starts on the record only when the others have been idle for long enough to be noticed.
            if (round > 0) SpinWait.SpinUntil(() => first!.Rounds > 2, TimeSpan.FromSeconds(10));
            if (round == 1) Thread.Sleep(100);
            return copy.Work(token);
        });
        first = new ScriptedWorker("first", (round, _) =>
        {
            if (round == 0) SpinWait.SpinUntil(() => second.Rounds > 0 && third.Rounds > 0, TimeSpan.FromSeconds(10));
            return Write(log, Topics.Search, round == 0);
        });
        Host(log).Run([first, second, third], untilIdle: true, TestContext.Current.CancellationToken);
        Assert.Single(log.Records(Topics.Visit));
    }

    [Fact]
    public void A_worker_that_fails_stops_all_and_its_exception_is_thrown()
    {
        using var log = new TestLog();
        var good = new ScriptedWorker("good", (_, _) => false);
        var bad = new ScriptedWorker("bad", (round, _) => round < 2 ? true : throw new InvalidDataException("broken"));
        var host = Host(log);
        Assert.Equal("broken", Assert.Throws<InvalidDataException>(() => host.Run([good, bad], untilIdle: false, CancellationToken.None)).Message);
        Assert.False(host.IsHealthy);
        Assert.Equal([("bad", "broken")], host.Failures);
        Assert.True(good.IsDisposed && bad.IsDisposed);
    }

    [Fact]
    public void Cancellation_is_an_orderly_end_also_of_a_worker_that_waits()
    {
        using var log = new TestLog();
        using var stop = new CancellationTokenSource();
        var waiting = new ScriptedWorker("waiting", (_, token) =>
        {
            stop.Cancel();
            token.WaitHandle.WaitOne();
            token.ThrowIfCancellationRequested();
            return true;
        });
        var idle = new ScriptedWorker("idle", (_, _) => false);
        var host = Host(log);
        host.Run([waiting, idle], untilIdle: false, stop.Token);
        Assert.True(host.IsHealthy);
        Assert.True(waiting.IsDisposed && idle.IsDisposed);
    }

    [Fact]
    public void A_host_is_ready_when_every_worker_has_come_round_once()
    {
        using var log = new TestLog();
        var host = Host(log);
        Assert.False(host.HasComeRound);
        Assert.True(host.IsHealthy);
        var between = new List<bool>();
        var worker = new ScriptedWorker("w", (_, _) =>
        {
            lock (between) between.Add(host.HasComeRound);
            return false;
        });
        host.Run([worker], untilIdle: true, TestContext.Current.CancellationToken);
        Assert.False(between[0]);
        Assert.True(host.HasComeRound);
    }

    [Fact]
    public void Who_has_nothing_to_do_is_asked_by_the_clock_that_was_given()
    {
        using var log = new TestLog();
        var clock = new LeapingClock();
        var rounds = 0;
        var host = new WorkerHost(log.Log, NullLogger<WorkerHost>.Instance, clock: clock);
        host.Run([new ScriptedWorker("w", (_, _) => Interlocked.Increment(ref rounds) < 4)], untilIdle: true, TestContext.Current.CancellationToken);
        Assert.True(rounds >= 4);
        Assert.All(clock.Waits, w => Assert.InRange(w.TotalMilliseconds, 1, 200));
    }

    [Fact]
    public void Where_the_log_goes_while_all_are_idle_the_workers_are_stopped_before_that_is_thrown()
    {
        using var log = new TestLog();
        var going = new GoingLog(log.Log);
        var worker = new ScriptedWorker("worker", (_, token) =>
        {
            // It is in the middle of something, and fails of it when the log has gone.
            if (!going.IsGone) return false;
            token.WaitHandle.WaitOne(TimeSpan.FromSeconds(10));
            throw new LogException("gone");
        });
        var host = new WorkerHost(going, NullLogger<WorkerHost>.Instance);
        Assert.Throws<LogException>(() => host.Run([worker], untilIdle: true, TestContext.Current.CancellationToken));
        Assert.True(worker.IsDisposed);
    }

    private static WorkerHost Host(TestLog log) => new(log.Log, NullLogger<WorkerHost>.Instance);

    private static bool Write(TestLog log, string topic, bool write)
    {
        if (write) log.Append(LogTools.Record(topic, "x", 0));
        return write;
    }

    private static ScriptedWorker Follower(TestLog log, string name, string from, string to)
    {
        var next = 0L;
        return new ScriptedWorker(name, (_, _) =>
        {
            var record = log.Log.Read(new TopicPartition(from, 0), next).FirstOrDefault();
            if (record is null) return false;
            next = record.Offset + 1;
            return Write(log, to, true);
        });
    }

    // The host hears no answer any more, while the worker still does.
    private sealed class GoingLog(IEventLog inner) : LogAround(inner)
    {
        public bool IsGone { get; private set; }

        public override long Commits
        {
            get
            {
                // A worker's thread has its name; the other is the host's.
                if (Thread.CurrentThread.Name == "worker") return base.Commits;
                IsGone = true;
                throw new LogException("gone");
            }
        }
    }
}
