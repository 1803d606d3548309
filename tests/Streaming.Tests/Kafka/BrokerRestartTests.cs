using System.Diagnostics;
using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>One log, its member and its transactions outlive a broker that is killed again and again.</summary>
[Collection(Broker.Collection), Trait(Broker.Trait, Broker.Collection)]
public class BrokerRestartTests
{
    private const int Restarts = 3;
    private const int KillsMax = 6;
    private const int RecordsALife = 2_000;
    private const int RecordsAStep = 50;
    private static readonly LogSetup Setup = new() { Partitions = 2 };

    [Fact]
    public async Task What_is_copied_while_the_broker_is_killed_again_and_again_is_neither_lost_nor_doubled()
    {
        using var broker = TestBroker.Start();
        using var factory = new KafkaLogFactory(o => o with
        {
            BootstrapServers = broker.BootstrapServers,
            Patience = TimeSpan.FromMinutes(2),
            SessionTimeout = TimeSpan.FromSeconds(6),
        });
        using var log = factory.Open(Setup);
        using var stop = new CancellationTokenSource();
        var copying = Task.Factory.StartNew(() => Copy(log, stop.Token), stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (var life = 0; life <= Restarts; life++)
        {
            for (var partition = 0; partition < Setup.Partitions; partition++) log.AppendNumbers(Topics.Timeline, partition, RecordsALife, life * RecordsALife);
            if (life == Restarts) break;
            Thread.Sleep(100);
            broker.Kill();
            broker.Restart();
        }

        var expected = LogTools.Numbers((Restarts + 1) * RecordsALife).ToArray();
        var waited = Stopwatch.StartNew();
        while (IsMissing() && !copying.IsCompleted && waited.Elapsed < TimeSpan.FromMinutes(2)) Thread.Sleep(100);
        stop.Cancel();
        await copying;
        for (var partition = 0; partition < Setup.Partitions; partition++) Assert.Equal(expected, log.Texts(Topics.Windows, partition));

        bool IsMissing() => Enumerable.Range(0, Setup.Partitions).Any(p => log.Texts(Topics.Windows, p).Length < expected.Length);
    }

    // Two kills in three that come with the answer of a commit lose its end; the first that does is enough.
    [Fact]
    public async Task A_commit_whose_end_is_lost_with_the_broker_is_ended_as_it_was_answered()
    {
        using var broker = TestBroker.Start();
        var death = new DeathByAnswer();
        using var factory = new KafkaLogFactory(o => o with
        {
            BootstrapServers = broker.BootstrapServers,
            Patience = TimeSpan.FromMinutes(2),
            SessionTimeout = TimeSpan.FromSeconds(6),
            CommitAnswered = death.Answered,
            Observer = death,
        });
        using var log = factory.Open(Setup);
        using var stop = new CancellationTokenSource();
        var copying = Task.Factory.StartNew(() => Copy(log, stop.Token), stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var lives = 0;
        for (var isLast = false; !isLast; lives++)
        {
            isLast = lives == KillsMax || death.EndsLost > 0;
            using var node = broker.Node();
            log.AppendNumbers(Topics.Timeline, 0, RecordsALife, lives * RecordsALife);
            if (!isLast) death.Of(node);

            // Its answer is the next, unless the copier's comes before.
            var appended = Task.Run(() => log.AppendNumbers(Topics.Timeline, 1, RecordsALife, lives * RecordsALife), CancellationToken.None);
            if (!isLast)
            {
                await node.WaitForExitAsync(TestContext.Current.CancellationToken);
                broker.Restart();
            }

            await appended;
        }

        var expected = LogTools.Numbers(lives * RecordsALife).ToArray();
        var waited = Stopwatch.StartNew();
        while (IsMissing() && !copying.IsCompleted && waited.Elapsed < TimeSpan.FromMinutes(2)) Thread.Sleep(100);
        stop.Cancel();
        await copying;
        for (var partition = 0; partition < Setup.Partitions; partition++) Assert.Equal(expected, log.Texts(Topics.Windows, partition));

        bool IsMissing() => Enumerable.Range(0, Setup.Partitions).Any(p => log.Texts(Topics.Windows, p).Length < expected.Length);
    }

    private static void Copy(IEventLog log, CancellationToken stop)
    {
        using var member = log.Join("copier", "a", [Topics.Timeline]);
        while (!stop.IsCancellationRequested)
        {
            var records = member.Poll(RecordsAStep, TimeSpan.FromMilliseconds(100), CancellationToken.None);
            if (records.Count > 0 && !member.CopyStep(records, Topics.Timeline, Topics.Windows)) member.Rewind();
        }
    }

    /// <summary>Kills a process as the next commit is answered, and counts how often an end was missing then.</summary>
    private sealed class DeathByAnswer : ILogObserver
    {
        private Process? next;
        private int endsLost;

        public int EndsLost => Volatile.Read(ref endsLost);

        public void Of(Process node) => Volatile.Write(ref next, node);

        public void Answered() => Interlocked.Exchange(ref next, null)?.Kill();

        public void Notice(string text)
        {
            if (text.Contains("without the end", StringComparison.Ordinal)) Interlocked.Increment(ref endsLost);
        }

        public void Warning(string text)
        {
        }

        public void Transaction(string owner, StepOutcome outcome)
        {
        }

        public void SequenceGap(string topic, long missing) => throw new InvalidOperationException($"{topic}: {missing} numbers are missing");

        public void SequenceDuplicate(string topic) => throw new InvalidOperationException($"{topic}: a number came again");

        public void Restoring(string group, int partition, long remaining)
        {
        }

        public void Lag(string group, TopicPartition partition, long records)
        {
        }

        public void Age(string group, string topic, TimeSpan oldest)
        {
        }
    }
}
