using System.Globalization;
using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.Streaming.Tests.Rules;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>What only a group on a real broker can get into.</summary>
[Collection(Broker.Collection), Trait(Broker.Trait, Broker.Collection)]
public class KafkaGroupTests
{
    private const string Group = "windower";
    private static readonly LogSetup Setup = new() { Partitions = 2 };

    [Fact]
    public void A_group_whose_offsets_are_gone_does_not_begin_anew_over_its_state()
    {
        Broker.Require();
        using var factory = new KafkaLogFactory();
        using (var log = factory.Open(Setup))
        {
            log.AppendNumbers(Topics.Timeline, 0, 10);
            using var consumer = log.Join(Group, "a", [Topics.Timeline]);
            Assert.Equal(10, consumer.Drain().Count);
            Assert.Equal(StepOutcome.Committed, consumer.CommitPositions());
        }

        DeleteGroup(factory.Prefix + Group);
        using var again = factory.Open(Setup);
        using var joined = again.Join(Group, "a", [Topics.Timeline]);
        var refused = Assert.Throws<LogException>(() => joined.Drain());
        Assert.Contains("offsets.retention.minutes", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void A_first_dead_letter_leaves_all_processes_with_one_count_of_commits()
    {
        Broker.Require();
        using var factory = new KafkaLogFactory();
        using var one = factory.Open(Setup);
        using var other = factory.Open(Setup);
        one.AppendNumbers(Topics.DeadLetters("labeler"), 0, 3);
        Assert.Equal(one.Commits, other.Commits);
        one.AppendNumbers(Topics.Timeline, 0, 1);
        Assert.Equal(one.Commits, other.Commits);
    }

    [Fact]
    public void Records_for_partitions_of_others_count_in_a_sequence_of_their_own()
    {
        Broker.Require();
        using var factory = new KafkaLogFactory();
        using var log = factory.Open(Setup);
        using var first = log.Join(Group, "a", [Topics.Timeline]);
        using var second = log.Join(Group, "b", [Topics.Timeline]);
        for (var polls = 0; polls < 200 && (first.Assignment.Count != 1 || second.Assignment.Count != 1); polls++)
        {
            first.Poll(1, TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
            second.Poll(1, TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        }

        var own = Assert.Single(first.Assignment).Partition;
        using (var step = first.Begin())
        {
            step.Append(LogTools.Record(Topics.Windows, "mine", partition: own));
            step.Append(LogTools.Record(Topics.Windows, "not mine", partition: 1 - own));
            step.Append(LogTools.Record(Topics.Windows, "mine again", partition: own));
            Assert.Equal(StepOutcome.Committed, step.Finish());
        }

        Assert.Equal([$"{Group}/{own}/0", $"{Group}/{own}/1"], Numbers(log, own));
        Assert.Equal([$"{Group}+/{own}/0"], Numbers(log, 1 - own));
    }

    [Fact]
    public void Who_starts_with_no_copy_of_its_state_tells_how_much_of_it_is_still_to_be_read()
    {
        Broker.Require();
        const int keys = 60_000;
        var observer = new NotedObserver();
        var state = Directory.CreateTempSubdirectory("tppo-state-");
        var moved = false;
        using var factory = new KafkaLogFactory(o => moved ? o with { Observer = observer, StateFolder = state.FullName } : o);
        using (var log = factory.Open(Setup))
        {
            using var consumer = log.Join(Group, "a", [Topics.Timeline]);
            for (var polls = 0; polls < 200 && consumer.Assignment.Count < 2; polls++)
                consumer.Poll(1, TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
            using var step = consumer.Begin();
            for (var key = 0; key < keys; key++) step.Put(0, key.ToString(CultureInfo.InvariantCulture), new byte[] { 1 });
            Assert.Equal(StepOutcome.Committed, step.Finish());
        }

        moved = true;
        using (var log = factory.Open(Setup))
        using (var joined = log.Join(Group, "a", [Topics.Timeline]))
        {
            Assert.Empty(joined.Drain());
            Assert.Equal([1], joined.State.Get(0, (keys - 1).ToString(CultureInfo.InvariantCulture))!.Value.ToArray());
        }

        state.Delete(recursive: true);
        var told = observer.Told.Where(t => t.StartsWith($"restoring {Group}/0 ", StringComparison.Ordinal)).Select(Remaining).ToList();
        Assert.Equal(2, told.Count);
        Assert.InRange(told[0], keys - 50_000, keys - 50_000 + 10);
        Assert.Equal(0, told[1]);

        static long Remaining(string line) => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    private static string?[] Numbers(IEventLog log, int partition) =>
        [.. log.Read(new TopicPartition(Topics.Windows, partition), 0).Select(r => r.Header("tppo-seq"))];

    // A static member's session has to lapse before its group is empty.
    private static void DeleteGroup(string group)
    {
        var said = "";
        for (var attempt = 0; attempt < 10 && !said.Contains("was successful", StringComparison.Ordinal); attempt++)
            said = TestBroker.Tool(
                "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", "--bootstrap-server", Broker.Shared.BootstrapServers,
                "--delete", "--group", group);
        Assert.Contains("was successful", said, StringComparison.Ordinal);
    }
}
