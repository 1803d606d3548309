using Microsoft.Extensions.Logging.Abstractions;
using Tppo.Core.Log;
using Tppo.Hosting.Health;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Streaming.Log;
using Tppo.TestKit;

namespace Tppo.Hosting.Tests;

public sealed class ReadinessTests : IDisposable
{
    private readonly LeapingClock clock = new();
    private readonly TestLog log = new();
    private readonly StageBoard board = new(TimeProvider.System);
    private readonly WorkerHost host;
    private long free = long.MaxValue;

    public ReadinessTests()
    {
        host = new WorkerHost(log.Log, NullLogger<WorkerHost>.Instance, clock: clock);
    }

    public void Dispose() => log.Dispose();

    [Fact]
    public void Who_has_come_round_and_whose_log_answers_is_ready()
    {
        var readiness = Of(log.Log, out var probe);
        Assert.Equal("starting: not every worker has come round once", Assert.Single(readiness.Faults()));
        host.Run([new ScriptedWorker("good", (_, _) => false)], untilIdle: true, TestContext.Current.CancellationToken);
        probe.Ask();
        Assert.Empty(readiness.Faults());
    }

    [Fact]
    public void A_log_that_does_not_answer_for_ten_seconds_is_out_of_reach_until_it_does()
    {
        using var asked = new ManualResetEventSlim();
        using var answer = new ManualResetEventSlim();
        using var probe = new LogProbe(
            new AskedLog(() =>
            {
                asked.Set();
                answer.Wait();
            }),
            clock);
        var asking = new Thread(probe.Ask);
        asking.Start();
        asked.Wait(TestContext.Current.CancellationToken);
        Assert.Null(probe.Fault);
        clock.Move(TimeSpan.FromSeconds(11));
        Assert.Equal("log: no answer for 11 s", probe.Fault);
        answer.Set();
        asking.Join();
        Assert.Null(probe.Fault);
    }

    [Fact]
    public void A_log_that_refuses_is_named_with_its_words()
    {
        var fails = true;
        using var probe = new LogProbe(
            new AskedLog(() =>
            {
                if (fails) throw new LogException("b:1: no answer for 60 s");
            }),
            clock);
        probe.Ask();
        Assert.Equal("log: b:1: no answer for 60 s", probe.Fault);
        fails = false;
        probe.Ask();
        Assert.Null(probe.Fault);
    }

    [Fact]
    public void A_disk_that_is_full_is_told_with_what_is_left()
    {
        var readiness = Of(log.Log, out _);
        free = 3 << 20;
        Assert.Contains(readiness.Faults(), f => f.StartsWith("disk: 3 MiB left, expected at least 64: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_worker_at_one_piece_of_work_without_progress_for_ten_minutes_is_named_and_one_that_reports_is_not()
    {
        var readiness = Of(log.Log, out _);
        List<string>? quiet = null, reporting = null;
        host.Run(
            [
                new ScriptedWorker("stuck", (round, _) =>
                {
                    if (round > 0) return false;
                    Assert.NotEmpty(readiness.Faults());
                    clock.Move(TimeSpan.FromMinutes(11));
                    quiet = [.. readiness.Faults()];
                    using var stage = board.Start("work");
                    stage.Report(1, 2, "half");
                    reporting = [.. readiness.Faults()];
                    return false;
                }),
            ],
            untilIdle: true, TestContext.Current.CancellationToken);
        // Eleven minutes, and what the host's own waits have leapt over.
        Assert.Contains(quiet!, f => f.StartsWith("stuck: no progress for 6", StringComparison.Ordinal));
        Assert.DoesNotContain(reporting!, f => f.StartsWith("stuck:", StringComparison.Ordinal));
    }

    private Readiness Of(IEventLog log, out LogProbe probe)
    {
        probe = new LogProbe(log, clock);
        return new Readiness(host, probe, board, "/", _ => free, clock);
    }

    private sealed class AskedLog(Action asked) : IEventLog
    {
        public long Commits => 0;

        public (long Start, long End) Bounds(TopicPartition partition)
        {
            asked();
            return default;
        }

        public void Dispose()
        {
        }

        public int Partitions(string topic) => throw new NotSupportedException();

        public bool WaitForCommit(long seen, TimeSpan timeout, CancellationToken ct) => throw new NotSupportedException();

        public void Append(IReadOnlyList<OutgoingRecord> records) => throw new NotSupportedException();

        public IEnumerable<LogRecord> Read(TopicPartition partition, long from, long? toExclusive = null) => throw new NotSupportedException();

        public long OffsetAt(TopicPartition partition, DateTimeOffset appendedAtOrAfter) => throw new NotSupportedException();

        public IConsumer Join(string group, string member, IReadOnlyList<string> topics, IRebalanceListener? listener = null) =>
            throw new NotSupportedException();

        public IReadOnlyDictionary<TopicPartition, long> Committed(string group) => throw new NotSupportedException();

        public void EnforceRetention() => throw new NotSupportedException();
    }
}
