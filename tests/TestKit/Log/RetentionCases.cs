using Tppo.Core.Log;

namespace Tppo.TestKit;

/// <summary>What goes with time, and what stays.</summary>
internal static class RetentionCases
{
    private const LogFeatures Needs = LogFeatures.Clock | LogFeatures.Retention;

    internal static IEnumerable<ContractCase> All =>
    [
        ContractCase.Of(Old_records_go_by_the_time_of_their_append, Needs),
        ContractCase.Of(Topics_that_are_kept_keep_everything, Needs),
        ContractCase.Of(A_group_behind_the_start_goes_on_at_what_is_left, Needs),
        ContractCase.Of(Offsets_go_on_where_they_were_when_all_records_are_gone, Needs | LogFeatures.Reopen),
        ContractCase.Of(Compaction_keeps_the_newest_of_each_key, Needs),
        ContractCase.Of(A_tombstone_stays_a_day_and_then_goes, Needs),
    ];

    private static void Old_records_go_by_the_time_of_their_append(ILogFactory factory)
    {
        var setup = new LogSetup { OffsetHoleEvery = factory.Features.HasFlag(LogFeatures.Holes) ? 4 : 0 };
        using var log = factory.Open(setup);
        var search = new TopicPartition(Topics.Search, 0);
        log.AppendNumbers(Topics.Search, 0, 10);
        log.AppendNumbers(Topics.Search, 1, 10);
        setup.Clock.Move(TimeSpan.FromDays(20));
        log.AppendNumbers(Topics.Search, 0, 10, first: 10);
        log.EnforceRetention();
        Check.Equal(20, log.Read(search, 0).Count(), "records before the retention has passed");
        setup.Clock.Move(TimeSpan.FromDays(10) + TimeSpan.FromSeconds(1));
        log.EnforceRetention();
        Check.Sequence(LogTools.Numbers(10, 10), log.Texts(Topics.Search, 0), "records younger than 30 days");
        Check.Equal(0, log.Texts(Topics.Search, 1).Length, "records in a partition of old ones only");
        Check.True(log.Bounds(search).Start > 0, "the start has moved");
        Check.True(log.Read(search, 0).First().Offset >= log.Bounds(search).Start, "the first record is not before the start");
    }

    private static void Topics_that_are_kept_keep_everything(ILogFactory factory)
    {
        var setup = new LogSetup();
        using var log = factory.Open(setup);
        string[] kept = [.. Topics.All.Where(t => t is { Cleanup: Cleanup.Delete, Retention: null }).Select(t => t.Name)];
        foreach (var topic in kept) log.AppendNumbers(topic, 0, 3);
        log.AppendNumbers(Topics.DeadLetters("ingest"), 0, 3);
        log.AppendNumbers("trial." + Topics.Search, 0, 3);
        setup.Clock.Move(TimeSpan.FromDays(5000));
        log.EnforceRetention();
        Check.Equal(8, kept.Length, "topics that are kept for ever");
        foreach (var topic in kept) Check.Equal(3, log.Texts(topic, 0).Length, topic);
        Check.Equal(0, log.AllTexts(Topics.DeadLetters("ingest")).Length, "dead letters");
        Check.Equal(0, log.AllTexts("trial." + Topics.Search).Length, "a topic behind a prefix");
    }

    private static void A_group_behind_the_start_goes_on_at_what_is_left(ILogFactory factory)
    {
        var setup = new LogSetup();
        using var log = factory.Open(setup);
        log.AppendNumbers(Topics.Search, 0, 10);
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Poll(2, TimeSpan.Zero, CancellationToken.None);
        consumer.CommitPositions();
        setup.Clock.Move(TimeSpan.FromDays(40));
        log.AppendNumbers(Topics.Search, 0, 2, first: 10);
        log.EnforceRetention();
        Check.Sequence(LogTools.Numbers(2, 10), consumer.Drain().Select(r => r.Text()), "what is left");
    }

    private static void Offsets_go_on_where_they_were_when_all_records_are_gone(ILogFactory factory)
    {
        var setup = new LogSetup();
        var partition = new TopicPartition(Topics.Search, 0);
        long end;
        using (var log = factory.Open(setup))
        {
            log.AppendNumbers(Topics.Search, 0, 10);
            end = log.Bounds(partition).End;
            setup.Clock.Move(TimeSpan.FromDays(40));
            log.EnforceRetention();
            Check.Equal((end, end), log.Bounds(partition), "bounds of what is empty now");
        }

        using var again = factory.Open(setup);
        again.AppendNumbers(Topics.Search, 0, 1, first: 10);
        var record = again.Read(partition, 0).Single();
        Check.Equal("10", record.Text(), "the record after");
        Check.True(record.Offset >= end, "its offset is a new one");
    }

    private static void Compaction_keeps_the_newest_of_each_key(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        for (var round = 0; round < 3; round++)
        {
            for (var n = 0; n < 20; n++)
            {
                if (n % 3 >= round) log.Append([LogTools.Record(Topics.Erasures, $"{n}/{round}", key: $"user-{n}")]);
            }

            if (round > 0) log.EnforceRetention();
        }

        log.Append([LogTools.Record(Topics.Erasures, "keyless", 0)]);
        log.EnforceRetention();
        Check.Sequence(
            Enumerable.Range(0, 20).Select(n => $"{n}/{n % 3}").Append("keyless").Order(StringComparer.Ordinal),
            log.AllTexts(Topics.Erasures).Order(StringComparer.Ordinal),
            "the newest of each key");
        using var consumer = log.Join("g", "a", [Topics.Erasures]);
        Check.Equal(21, consumer.Drain().Count, "records that a consumer gets");
    }

    private static void A_tombstone_stays_a_day_and_then_goes(ILogFactory factory)
    {
        var setup = new LogSetup();
        using var log = factory.Open(setup);
        log.Append([LogTools.Record(Topics.Erasures, "old", 1, key: "gone"), LogTools.Record(Topics.Erasures, "stays", 1, key: "other")]);
        log.EnforceRetention();
        log.Append([LogTools.Record(Topics.Erasures, "", 1, key: "gone")]);
        log.EnforceRetention();
        Check.Sequence(["stays", ""], log.Texts(Topics.Erasures, 1), "the tombstone while it is young");
        setup.Clock.Move(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        log.EnforceRetention();
        Check.Sequence(["stays"], log.Texts(Topics.Erasures, 1), "after a day");
    }
}
