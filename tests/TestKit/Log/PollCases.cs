using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.TestKit;

/// <summary>What a poll brings, and how much.</summary>
internal static class PollCases
{
    private const long PollBytesMax = 64L << 20;

    private static readonly TopicPartition Search0 = new(Topics.Search, 0);

    internal static IEnumerable<ContractCase> All =>
    [
        ContractCase.Of(A_poll_brings_no_more_records_than_it_was_asked_for),
        ContractCase.Of(A_poll_is_bounded_in_bytes),
        ContractCase.Of(A_full_partition_does_not_starve_the_others),
        ContractCase.Of(A_paused_partition_is_left_out_until_it_is_resumed),
        ContractCase.Of(A_paused_partition_counts_for_the_end),
        ContractCase.Of(A_rewind_goes_back_to_what_was_committed),
        ContractCase.Of(Positions_of_foreign_partitions_are_refused),
    ];

    private static void A_poll_brings_no_more_records_than_it_was_asked_for(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        for (var p = 0; p < 4; p++) log.AppendNumbers(Topics.Search, p, 25);
        using var consumer = log.Join("g", "a", [Topics.Search]);
        var all = new List<LogRecord>();
        for (var polls = 0; polls < 200 && all.Count < 100; polls++)
        {
            var records = consumer.Poll(7, TimeSpan.FromSeconds(10), CancellationToken.None);
            Check.True(records.Count is > 0 and <= 7, $"1 to 7 records a poll, found {records.Count}");
            all.AddRange(records);
        }

        for (var p = 0; p < 4; p++) Check.Sequence(LogTools.Numbers(25), all.Where(r => r.Partition == p).Select(r => r.Text()), $"partition {p}");
    }

    private static void A_poll_is_bounded_in_bytes(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        const int recordBytes = 900_000;
        for (var i = 0; i < 80; i++) log.Append([new() { Topic = Topics.Search, Value = new byte[recordBytes], Partition = i % 2 }]);
        using var consumer = log.Join("g", "a", [Topics.Search]);
        var seen = 0;
        for (var polls = 0; polls < 200 && !(seen == 80); polls++)
        {
            var records = consumer.Poll(1000, TimeSpan.FromSeconds(10), CancellationToken.None);
            Check.True(records.Sum(r => (long)r.Value.Length) <= PollBytesMax + recordBytes, "about 64 MiB a poll");
            seen += records.Count;
        }

        Check.Equal(80, seen, "records");
    }

    private static void A_full_partition_does_not_starve_the_others(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 10_000);
        log.AppendNumbers(Topics.Search, 3, 1);
        using var consumer = log.Join("g", "a", [Topics.Search]);

        // A broker may hand out what it has of one partition a little before the other: long before its end is what matters.
        var seen = Enumerable.Range(0, 10).SelectMany(_ => consumer.Poll(500, TimeSpan.FromSeconds(10), CancellationToken.None)).ToArray();
        Check.True(seen.Any(r => r.Partition == 3), "the one record of partition 3 comes before half of partition 0 is read");
        log.AppendNumbers(Topics.Search, 1, 1);
        var came = false;
        for (var polls = 0; polls < 2000 && !came; polls++)
        {
            came = consumer.Poll(1, TimeSpan.FromSeconds(10), CancellationToken.None).Any(r => r.Partition == 1);
            if (polls > 20) Thread.Sleep(1);
        }

        Check.True(came, "the one record of partition 1 comes long before the thousands of partition 0 are read");
    }

    private static void A_paused_partition_is_left_out_until_it_is_resumed(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 10);
        log.AppendNumbers(Topics.Search, 1, 10);
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Poll(1, TimeSpan.Zero, CancellationToken.None);
        consumer.Rewind();
        consumer.Pause(Search0);
        for (var polls = 0; polls < 20; polls++)
            Check.True(consumer.Poll(3, TimeSpan.Zero, CancellationToken.None).All(r => r.Partition == 1), "only the partition that is not paused");
        Check.Equal(log.Bounds(Search0).Start, consumer.Position(Search0), "the paused partition's position");
        consumer.Resume(Search0);
        Check.Sequence(LogTools.Numbers(10), consumer.Drain().Select(r => r.Text()), "the resumed partition");
    }

    private static void A_paused_partition_counts_for_the_end(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Drain();
        consumer.Pause(Search0);
        log.AppendNumbers(Topics.Search, 0, 1);
        Check.Equal(0, consumer.Poll(10, TimeSpan.Zero, CancellationToken.None).Count, "records while paused");
        Check.True(!consumer.AtEnd, "not at the end with something unread in a paused partition");
    }

    private static void A_rewind_goes_back_to_what_was_committed(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 10);
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Poll(4, TimeSpan.FromSeconds(10), CancellationToken.None);
        consumer.Rewind();
        Check.Sequence(LogTools.Numbers(10), consumer.Drain().Select(r => r.Text()), "without a commit: all");
        consumer.Rewind();
        consumer.Poll(4, TimeSpan.FromSeconds(10), CancellationToken.None);
        consumer.CommitPositions();
        consumer.Drain();
        consumer.Rewind();
        Check.Sequence(LogTools.Numbers(6, 4), consumer.Drain().Select(r => r.Text()), "after a commit: what follows it");
    }

    private static void Positions_of_foreign_partitions_are_refused(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Poll(1, TimeSpan.Zero, CancellationToken.None);
        Check.Throws<ArgumentException>(() => consumer.Position(new TopicPartition(Topics.Click, 0)), "Position");
        Check.Throws<ArgumentException>(() => consumer.Pause(new TopicPartition(Topics.Search, 4)), "Pause");
    }
}
