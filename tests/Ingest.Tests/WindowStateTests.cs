using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Hosting;
using Tppo.Hosting.Workers;
using Tppo.Ingest.Windowing;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Ingest.Tests;

/// <summary>The windower's keyed state: who is kept, who goes, and that neither shows in a window.</summary>
public sealed class WindowStateTests
{
    private const int Life = 20;
    private static readonly RunSettings Settings = TinyRun.Settings with
    {
        Partitions = 1,
        Windows = new WindowSettings { Targets = 2, HistoryDaysMax = 10, StateDaysMax = Life },
    };

    // Forty people: some come every few days, some once, some again after their state has expired.
    private static readonly UserEvent[] Events =
    [
        .. Enumerable.Range(0, 400)
            .Where(i => i % 40 < 10 || i / 40 == 0 || (i / 40 == 7 && i % 40 < 30) || (i % 40 < 20 && i / 40 % 3 == 0))
            .Select(
                i =>
                    new UserEvent(
                        $"e{i:D4}", $"user{i % 40}", LiveEvents.Start.AddDays(i / 40 * 6).AddSeconds(i),
                        ((i / 40) + (i % 40)) % 3 == 2 ? EventType.Click : EventType.Search, $"query {i}", "")),
    ];

    [Fact]
    public void Who_was_not_seen_for_longer_than_a_state_lives_is_removed_and_everybody_else_stays()
    {
        using var kit = Run(5, []);
        var kept = States(kit).Where(s => s.Key[0] != '\0').ToDictionary(s => s.Key, s => UserHistoryCodec.ReadSeen(s.Value));
        var lastSeen = Events.GroupBy(e => e.User).ToDictionary(u => u.Key, u => u.Max(e => e.Time));
        var now = Events[^1].Time;
        Assert.All(lastSeen.Where(u => now - u.Value <= TimeSpan.FromDays(Life)), u => Assert.Equal(u.Value, kept[u.Key]));

        // Removal is by parts of a life: whoever is a whole part past it has gone.
        Assert.All(kept, u => Assert.True(now - u.Value <= TimeSpan.FromDays(Life * 1.25), u.Key));
        Assert.InRange(kept.Count, 1, lastSeen.Count - 1);
    }

    [Fact]
    public void Everybody_kept_stands_in_the_index_once_and_nobody_else_does()
    {
        using var kit = Run(7, [[new("windower", 3, FaultMark.UnknownAfterWrite)], [new("windower", 2, FaultMark.CrashBeforeWrite)]]);
        var (index, users) = (States(kit).Where(s => s.Key[0] == '\0').ToList(), States(kit).Where(s => s.Key[0] != '\0').ToList());
        Assert.Equal(
            users.Select(u => u.Key).Order(StringComparer.Ordinal), index.Select(i => i.Key[(i.Key.LastIndexOf('/') + 1)..]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    [InlineData(1000)]
    public void Windows_are_those_of_the_file_however_many_events_a_step_has_and_wherever_it_starts_again(int split)
    {
        using var unbroken = Run(split, []);
        Assert.Equal(LiveEvents.Windows(Events, unbroken), LiveEvents.Windows(unbroken));
        Assert.True(LiveEvents.Windows(unbroken).Length > 20);
        foreach (var mark in Enum.GetValues<FaultMark>())
        {
            using var broken = Run(split, [[new("windower", 0, mark)], [new("windower", 1, mark), new("windower", 4, mark)], [new("windower", 6, mark)]]);
            Assert.Equal(LiveEvents.Windows(unbroken), LiveEvents.Windows(broken));
        }
    }

    [Fact]
    public void What_was_gathered_goes_with_its_partition_and_is_read_again_when_it_comes_back_in_the_same_poll()
    {
        for (var poll = 1; poll < 8; poll++)
        {
            using var kit = Filled();
            kit.RunUntilIdle(Windower, new RebalancingLog(kit.Log, [5], [poll]));
            Assert.Equal(LiveEvents.Windows(Events, kit), LiveEvents.Windows(kit));
        }
    }

    [Fact]
    public void Names_without_bound_are_dead_letters()
    {
        using var kit = new ServiceKit(Settings);
        UserEvent good = Events[0];
        kit.Log.Append(
            [
                .. new[]
                {
                    good,
                    good with { Id = new string('x', 257) },
                    good with { User = new string('x', 257) },
                    good with { User = "\0seen/" },
                }.Select(Timeline),
            ]);
        kit.RunUntilIdle(Windower);
        Assert.Equal(3, kit.Records(Topics.DeadLetters("ingest")).Count);
        Assert.Equal(2, States(kit).Count);
    }

    private static ServiceKit Run(int split, StepFault[][] lives)
    {
        var kit = Filled();
        foreach (var faults in (StepFault[][])[.. lives, []])
        {
            kit.Reopen(faults);
            try
            {
                kit.RunUntilIdle(Windower, new RebalancingLog(kit.Log, [split], []));
            }
            catch (InjectedCrashException)
            {
                // On to the next life.
            }
        }

        return kit;
    }

    private static ServiceKit Filled()
    {
        var kit = new ServiceKit(Settings);
        kit.Log.Append([.. Events.Select(Timeline)]);
        return kit;
    }

    private static OutgoingRecord Timeline(UserEvent e) => LiveEvents.Record(e) is var record
        ? record with
        {
            Topic = Topics.Timeline,
            Partition = 0,
            Headers = [.. record.Headers, new Header(HeaderNames.From, "search.v1/0/0"), new Header(HeaderNames.Bucket, "7")],
        }
        : throw new InvalidOperationException();

    private static IReadOnlyList<IWorker> Windower(ServiceContext context) => [new WindowWorker(context)];

    private static List<(string Key, ReadOnlyMemory<byte> Value)> States(ServiceKit kit)
    {
        using var consumer = kit.Log.Join("windower", "reader", [Topics.Timeline]);
        consumer.Poll(1, TimeSpan.Zero, CancellationToken.None);
        return [.. consumer.State.All(0)];
    }
}
