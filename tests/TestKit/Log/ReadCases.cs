using Tppo.Core.Log;

namespace Tppo.TestKit;

/// <summary>Reading from an offset, from a time, up to an end, over holes.</summary>
internal static class ReadCases
{
    private static readonly TopicPartition Search0 = new(Topics.Search, 0);

    internal static IEnumerable<ContractCase> All =>
    [
        ContractCase.Of(A_read_begins_and_ends_where_it_is_told),
        ContractCase.Of(A_read_does_not_see_what_is_appended_after_its_call),
        ContractCase.Of(A_read_can_be_left_early_and_begun_again),
        ContractCase.Of(Bounds_of_an_empty_partition_are_equal_and_reading_it_gives_nothing),
        ContractCase.Of(The_offset_at_a_time_leads_to_the_first_record_appended_then_or_later, LogFeatures.Clock),
        ContractCase.Of(Nothing_relies_on_offsets_without_holes, LogFeatures.Holes | LogFeatures.Clock),
    ];

    private static void A_read_begins_and_ends_where_it_is_told(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 10);
        var offsets = log.Read(Search0, 0).Select(r => r.Offset).ToArray();
        Check.Sequence(LogTools.Numbers(4, 3), log.Read(Search0, offsets[3], offsets[7]).Select(r => r.Text()), "from the fourth up to the eighth");
        Check.Sequence(LogTools.Numbers(1, 9), log.Read(Search0, offsets[9]).Select(r => r.Text()), "from the last");
        Check.Equal(0, log.Read(Search0, log.Bounds(Search0).End).Count(), "records from the end on");
        Check.Equal(10, log.Read(Search0, 0, long.MaxValue).Count(), "records up to far behind the end");
        Check.Equal(0, log.Read(Search0, offsets[5], offsets[2]).Count(), "records up to before the start");
    }

    private static void A_read_does_not_see_what_is_appended_after_its_call(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 3000);
        var read = log.Read(Search0, 0);
        log.AppendNumbers(Topics.Search, 0, 5, first: 3000);
        var seen = 0;
        foreach (var record in read)
        {
            if (seen++ == 10) log.AppendNumbers(Topics.Search, 0, 5, first: 3005);
            Check.True(int.Parse(record.Text(), System.Globalization.CultureInfo.InvariantCulture) < 3000, "only what was there at the call");
        }

        Check.Equal(3000, seen, "records seen");
    }

    private static void A_read_can_be_left_early_and_begun_again(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 5000);
        var read = log.Read(Search0, 0);
        Check.Sequence(LogTools.Numbers(3), read.Take(3).Select(r => r.Text()), "the first time");
        Check.Sequence(LogTools.Numbers(2), read.Take(2).Select(r => r.Text()), "the second time");
    }

    private static void Bounds_of_an_empty_partition_are_equal_and_reading_it_gives_nothing(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        var (start, end) = log.Bounds(Search0);
        Check.Equal(start, end, "start and end");
        Check.Equal(0, log.Read(Search0, 0).Count(), "records");
        Check.Equal(end, log.OffsetAt(Search0, DateTimeOffset.UnixEpoch), "offset at a time");
    }

    private static void The_offset_at_a_time_leads_to_the_first_record_appended_then_or_later(ILogFactory factory)
    {
        var clock = new ManualClock();
        using var log = factory.Open(new LogSetup { Clock = clock, OffsetHoleEvery = factory.Features.HasFlag(LogFeatures.Holes) ? 3 : 0 });
        var start = clock.Now;
        for (var minute = 0; minute < 20; minute++)
        {
            log.AppendNumbers(Topics.Search, 0, 2, first: 2 * minute);
            clock.Move(TimeSpan.FromMinutes(1));
        }

        for (var minute = 0; minute < 20; minute++)
        {
            var exact = log.Texts(Topics.Search, 0, log.OffsetAt(Search0, start.AddMinutes(minute)));
            Check.Equal(LogTools.Number(2 * minute), exact[0], $"first record at minute {minute}");
            var between = log.Texts(Topics.Search, 0, log.OffsetAt(Search0, start.AddMinutes(minute - 1).AddTicks(1)));
            Check.Equal(LogTools.Number(2 * minute), between[0], $"first record just after minute {minute - 1}");
        }

        Check.Equal(log.Bounds(Search0).End, log.OffsetAt(Search0, clock.Now), "the offset of a time after the last append");
    }

    private static void Nothing_relies_on_offsets_without_holes(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup { OffsetHoleEvery = 2 });
        log.AppendNumbers(Topics.Search, 0, 31);
        var offsets = log.Read(Search0, 0).Select(r => r.Offset).ToArray();
        Check.Equal(31, offsets.Length, "records");
        Check.True(offsets[^1] - offsets[0] > 31, "the offsets have holes");
        for (var i = 0; i < 31; i++)
            Check.Equal(31 - i, log.Read(Search0, i == 0 ? 0 : offsets[i - 1] + 1).Count(), $"records from the offset after record {i - 1}");
        using var consumer = log.Join("copier", "a", [Topics.Search]);
        consumer.Copy(Topics.Search, Topics.Timeline);
        Check.Sequence(LogTools.Numbers(31), log.Texts(Topics.Timeline, 0), "the copy");
        Check.True(consumer.AtEnd, "the consumer is at its end");
    }
}
