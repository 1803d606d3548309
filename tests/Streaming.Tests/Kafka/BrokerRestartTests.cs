using System.Diagnostics;
using Tppo.Core.Log;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>One log, its member and its transactions outlive a broker that is killed again and again.</summary>
[Collection(Broker.Collection), Trait(Broker.Trait, Broker.Collection)]
public class BrokerRestartTests
{
    private const int Restarts = 3;
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
        while (Enumerable.Range(0, Setup.Partitions).Any(p => log.Texts(Topics.Windows, p).Length < expected.Length) && !copying.IsCompleted && waited.Elapsed < TimeSpan.FromMinutes(2)) Thread.Sleep(100);
        stop.Cancel();
        await copying;
        for (var partition = 0; partition < Setup.Partitions; partition++) Assert.Equal(expected, log.Texts(Topics.Windows, partition));
    }

    // Most of the time some commit is answered and has no end yet: a broker that is killed then may lose it.
    [Fact]
    public async Task What_is_appended_to_many_partitions_while_the_broker_is_killed_is_neither_lost_nor_doubled()
    {
        using var broker = TestBroker.Start();
        using var factory = new KafkaLogFactory(o => o with { BootstrapServers = broker.BootstrapServers, Patience = TimeSpan.FromMinutes(2) });
        using var log = factory.Open(Setup);
        using var stop = new CancellationTokenSource();
        string[] topics = [Topics.Search, Topics.Click, Topics.Timeline, Topics.Windows, Topics.Rollouts];
        var appended = 0;
        var appending = Task.Factory.StartNew(Append, stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (var life = 0; life <= Restarts && !appending.IsCompleted; life++)
        {
            var (before, waited) = (Volatile.Read(ref appended), Stopwatch.StartNew());
            while (Volatile.Read(ref appended) < before + 20 && !appending.IsCompleted && waited.Elapsed < TimeSpan.FromMinutes(2)) Thread.Sleep(10);
            if (life == Restarts) break;
            broker.Kill();
            broker.Restart();
        }

        stop.Cancel();
        await appending;
        foreach (var topic in topics)
        {
            for (var partition = 0; partition < Setup.Partitions; partition++) Assert.Equal(LogTools.Numbers(appended), log.Texts(topic, partition));
        }

        void Append()
        {
            for (; !stop.IsCancellationRequested; Interlocked.Increment(ref appended))
                log.Append([.. topics.SelectMany(t => Enumerable.Range(0, Setup.Partitions).Select(p => LogTools.Record(t, $"{appended}", partition: p)))]);
        }
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
}
