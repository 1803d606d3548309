using CsCheck;
using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Windows;
using Tppo.Hosting;
using Tppo.Hosting.Workers;
using Tppo.Ingest.Sequencing;
using Tppo.Ingest.Windowing;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Ingest.Tests;

/// <summary>
/// Sequencer and windower over any interleaving of the topics, any split into polls and steps, faults of any kind at any step,
/// rebalances inside any poll, and any number of lives.
/// </summary>
public sealed class TimelineProperties
{
    private const int Runs = 60;
    private const int Partitions = 2;
    private const int Lateness = 600;
    private static readonly string[] Texts = ["", "a", "A ", "b", "c d", "c  d", "e"];

    // Seconds, type, user, text, and what the record is: 0 an event, 1 a repeat of an earlier record, 2 without a time, 3 without a value that is an event.
    private static readonly Gen<Given[]> Anything = Gen.Select(
        Gen.Int[0, 4000], Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 3])), Gen.Int[0, 3], Gen.Int[0, 6],
        Gen.Frequency((10, Gen.Const(0)), (2, Gen.Const(1)), (1, Gen.Const(2)), (1, Gen.Const(3))))
        .Select(g => new Given(g.Item1, (EventType)g.Item2, g.Item3, Texts[g.Item4], g.Item5)).Array[1, 60];

    private static readonly Gen<Life> Lives = Gen.Select(
        Gen.Int[1, 20], Gen.Int[0, 3].Array[0, 6], Gen.Int[1, 7].Array[1, 4], Gen.Int[0, 15].Array[0, 3],
        Gen.Select(Gen.Bool, Gen.Int[0, 6], Gen.Int[0, 4]).Array[0, 3])
        .Select(
            l =>
                new Life(
                    l.Item1, l.Item3, [.. l.Item4], [.. l.Item5.Select(f => new StepFault(f.Item1 ? "sequencer" : "windower", f.Item2, (FaultMark)f.Item3))]));

    [Trait(Suite.Trait, Suite.Long)]
    [Fact]
    public void Timeline_and_late_and_dead_letters_and_duplicates_are_the_input_and_windows_are_those_of_the_timeline() =>
        Gen.Select(Anything, Lives.Array[1, 4]).Sample(
            (given, lives) =>
            {
                using var kit = Run(Records(given), lives);
                return IsWholeInput(kit) && IsInOrder(kit) && WindowsAreThoseOf(kit, Timeline(kit));
            },
            iter: Runs, threads: 1);

    [Trait(Suite.Trait, Suite.Long)]
    [Fact]
    public void Within_the_lateness_the_timeline_is_the_canonical_order_of_the_input_whatever_the_interleaving() =>
        Gen.Select(Anything, Lives.Array[1, 4], Gen.Int[0, Lateness].Array[60], Gen.Int[0, Lateness].Array[60]).Sample(
            (given, lives, shiftsA, shiftsB) =>
            {
                // Each event comes at most the lateness after its time, in one order here and in another there.
                UserEvent[] events = [.. given.Select((g, i) => Event(g, i))];
                using var one = Run([.. events.Index().OrderBy(e => e.Item.Time.AddSeconds(shiftsA[e.Index])).Select(e => LiveEvents.Record(e.Item))], lives);
                using var other = Run([.. events.Index().OrderBy(e => e.Item.Time.AddSeconds(shiftsB[e.Index])).Select(e => LiveEvents.Record(e.Item))], []);
                return LiveEvents.Facts(one, Topics.Late).Count + LiveEvents.Facts(other, Topics.Late).Count == 0
                    && IsCanonical(one, events) && IsCanonical(other, events)
                    && WindowsAreThoseOf(one, events) && WindowsAreThoseOf(other, events);
            },
            iter: Runs, threads: 1);

    private static ServiceKit Run(List<OutgoingRecord> records, Life[] lives)
    {
        var kit = new ServiceKit(
            TinyRun.Settings with { Partitions = Partitions, LatenessSeconds = Lateness, Windows = new() { Targets = 2, HistoryEventsMax = 4 } });
        var given = 0;
        foreach (var life in lives)
        {
            kit.Reopen(life.Faults);
            kit.Log.Append([.. records.Skip(given).Take(life.Records)]);
            given += life.Records;
            Live(kit, life);
        }

        kit.Reopen();
        kit.Log.Append([.. records.Skip(given), .. LiveEvents.Ends("all", Partitions)]);
        kit.RunUntilIdle(Workers, new RebalancingLog(kit.Log, [1000], []));
        return kit;
    }

    private static void Live(ServiceKit kit, Life life)
    {
        try
        {
            kit.RunUntilIdle(Workers, new RebalancingLog(kit.Log, life.Splits, life.Rebalances));
        }
        catch (InjectedCrashException)
        {
            // Over; the next life finds the log as this one left it.
        }
    }

    private static IReadOnlyList<IWorker> Workers(ServiceContext context) => [new Sequencer(context, new ManualClock()), new WindowWorker(context)];

    private static UserEvent Event(Given g, int index) => new($"e{index:D3}", $"user{g.User}", LiveEvents.Start.AddSeconds(g.Second), g.Type, g.Text, "");

    private static List<OutgoingRecord> Records(Given[] given)
    {
        var records = new List<OutgoingRecord>();
        foreach (var (i, g) in given.Index())
        {
            var record = LiveEvents.Record(Event(g, i));
            records.Add(g.Kind switch
            {
                1 when i > 0 => records[g.Second % i],
                2 => record with { Headers = [.. record.Headers.Where(h => h.Name != HeaderNames.Time)] },
                3 => record with { Value = "{]"u8.ToArray() },
                _ => record,
            });
        }

        return records;
    }

    // By place: what stands downstream came from one record each, and a record of which nothing stands there repeats an earlier one.
    private static bool IsWholeInput(ServiceKit kit)
    {
        var letters = kit.Records(Topics.DeadLetters("ingest"));
        var fromTimeline = letters.FindAll(l => From(l).StartsWith(Topics.Timeline, StringComparison.Ordinal));
        var found = LiveEvents.Facts(kit, Topics.Timeline)
            .Concat(LiveEvents.Facts(kit, Topics.Late))
            .Concat(letters.Except(fromTimeline))
            .Select(From)
            .ToList();
        var input = EventTopics.All.SelectMany(t => LiveEvents.Facts(kit, t)).ToList();
        var missing = input.Where(r => !found.Contains($"{r.Topic}/{r.Partition}/{r.Offset}"));
        return found.Distinct().Count() == found.Count
            && found.ToHashSet().IsSubsetOf(input.Select(r => $"{r.Topic}/{r.Partition}/{r.Offset}"))
            && missing.All(
                m =>
                    input.Exists(
                        r => (r.Topic, r.Partition) == (m.Topic, m.Partition) && r.Offset < m.Offset && r.Header(HeaderNames.Id) == m.Header(HeaderNames.Id)))
            && LiveEvents.Facts(kit, Topics.Timeline).GroupBy(r => (r.Header(HeaderNames.Id), r.Header(HeaderNames.Type))).All(g => g.Count() == 1)
            && fromTimeline.Select(From)
                .Order()
                .SequenceEqual(LiveEvents.Facts(kit, Topics.Timeline).Where(IsNoEvent).Select(r => $"{r.Topic}/{r.Partition}/{r.Offset}").Order());
    }

    private static string From(LogRecord record) => record.Header(HeaderNames.From)!;

    private static bool IsNoEvent(LogRecord record) => record.Value.Length == 2;

    private static bool IsInOrder(ServiceKit kit) =>
        Timeline(kit).GroupBy(e => WorldFacts.PartitionOf(e.User, Partitions)).All(p => p.Select(EventOrder.Of).SequenceEqual(p.Select(EventOrder.Of).Order()));

    private static bool IsCanonical(ServiceKit kit, UserEvent[] events) =>
        Timeline(kit).SequenceEqual(events.OrderBy(e => WorldFacts.PartitionOf(e.User, Partitions)).ThenBy(EventOrder.Of));

    private static List<UserEvent> Timeline(ServiceKit kit) =>
        [.. LiveEvents.Facts(kit, Topics.Timeline).Where(r => !IsNoEvent(r)).Select(r => EventJson.Read(r.Value.Span))];

    private static bool WindowsAreThoseOf(ServiceKit kit, IReadOnlyList<UserEvent> events)
    {
        var windows = LiveEvents.Facts(kit, Topics.Windows).ConvertAll(r => WindowJson.Read(r.Value));
        return LiveEvents.Windows(kit).SequenceEqual(LiveEvents.Windows(events, kit))
            && windows.All(w => w.History.Count > 0 && w.Targets.Count == 2)
            && windows.Select(w => w.Id).Distinct().Count() == windows.Count;
    }

    private sealed record Given(int Second, EventType Type, int User, string Text, int Kind);

    private sealed record Life(int Records, int[] Splits, HashSet<int> Rebalances, StepFault[] Faults);
}
