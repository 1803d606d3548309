using CsCheck;
using Tppo.Core.Events;

namespace Tppo.Core.Tests;

/// <summary>Whatever the interleaving of the topics, the batches and the restarts.</summary>
public class PartitionSequencerProperties
{
    private const int TopicCount = 4;
    private const int Lateness = 10;
    private static readonly DateTime Start = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // Topic, seconds, user, and how far back in its topic the record is that it repeats (0: none).
    private static readonly Gen<(int Topic, int Time, int User, int Repeats)[]> Anything =
        Gen.Select(Gen.Int[0, TopicCount - 1], Gen.Int[0, 60], Gen.Int[0, 2], Gen.Frequency((4, Gen.Const(0)), (1, Gen.Int[1, 4]))).Array[0, 40];

    // Topic, records, what happens then: 0 commit, 1 commit and restart, 2 crash before the commit.
    private static readonly Gen<(int Topic, int Count, int Then)[]> Schedules =
        Gen.Select(Gen.Int[0, TopicCount - 1], Gen.Int[1, 6], Gen.Frequency((4, Gen.Const(0)), (2, Gen.Const(1)), (1, Gen.Const(2)))).Array[0, 60];

    private static readonly Gen<int> Restarts = Gen.Int[0, 2];

    [Fact]
    public void Released_late_and_duplicates_together_are_what_was_offered_over_any_restarts() =>
        Gen.Select(Anything, Schedules, Restarts).Sample(
            (events, schedule, restartsAtEnd) =>
            {
                var topics = Topics(events);
                var partition = Run(topics, schedule, restartsAtEnd);
                var effects = partition.Released.Concat(partition.Late).Concat(partition.Duplicates).OrderBy(r => r.Topic).ThenBy(r => r.Offset);
                return effects.SequenceEqual(topics.SelectMany(t => t.Where(r => r.Order is not null))) && partition.Sequencer.Held == 0;
            },
            iter: 2_000);

    [Fact]
    public void An_import_ends_once_however_often_its_marks_are_read() =>
        Gen.Select(Anything, Schedules, Restarts).Sample(
            (events, schedule, restartsAtEnd) => Run(Topics(events), schedule, restartsAtEnd).Ends == 1,
            iter: 1_500);

    [Fact]
    public void Within_the_lateness_nothing_is_late_and_the_order_is_canonical_whatever_the_interleaving() =>
        Gen.Select(Anything, Schedules, Restarts).Sample(
            (events, schedule, restartsAtEnd) =>
            {
                var topics = Topics(WithinLateness(events));
                var partition = Run(topics, schedule, restartsAtEnd);
                var expected = topics.SelectMany(t => t).Where(r => r.Order is not null).OrderBy(r => r.Order!.Value);
                return partition.Late.Count == 0 && expected.Select(r => r.Order).SequenceEqual(partition.Released.Select(r => r.Order));
            },
            iter: 1_500);

    [Fact]
    public void What_is_released_is_in_canonical_order_even_among_late_events() =>
        Gen.Select(Anything, Schedules).Sample(
            (events, schedule) =>
            {
                var released = Run(Topics(events), schedule, restartsAtEnd: 1).Released.ConvertAll(r => r.Order!.Value);
                return released.SequenceEqual(released.Order());
            },
            iter: 2_000);

    [Fact]
    public void Without_restarts_and_crashes_the_same_batches_give_the_same_outcome_after_any_number_of_rereads() =>
        Gen.Select(Anything, Schedules).Sample(
            (events, schedule) =>
            {
                // A restart right after each commit is followed by reading all again up to where the unbroken one stands.
                var topics = Topics(events);
                var unbroken = new SequencedPartition(topics, TimeSpan.FromSeconds(Lateness));
                var broken = new SequencedPartition(topics, TimeSpan.FromSeconds(Lateness));
                var read = new int[TopicCount];
                foreach (var (topic, count, _) in schedule)
                {
                    unbroken.Step(topic, count);
                    read[topic] = Math.Min(topics[topic].Count, read[topic] + count);
                    broken.Restart();
                    broken.StepTo(read);
                }

                return Same(unbroken.Released, broken.Released) && Same(unbroken.Late, broken.Late) && Same(unbroken.Duplicates, broken.Duplicates);

                static bool Same(IEnumerable<TopicRecord> a, IEnumerable<TopicRecord> b) => a.Order(ByPlace).SequenceEqual(b.Order(ByPlace));
            },
            iter: 1_500);

    private static readonly Comparer<TopicRecord> ByPlace = Comparer<TopicRecord>.Create((a, b) => (a.Topic, a.Offset).CompareTo((b.Topic, b.Offset)));

    private static SequencedPartition Run(IReadOnlyList<TopicRecord>[] topics, (int Topic, int Count, int Then)[] schedule, int restartsAtEnd)
    {
        var partition = new SequencedPartition(topics, TimeSpan.FromSeconds(Lateness));
        foreach (var (topic, count, then) in schedule)
        {
            partition.Step(topic, count, crash: then == 2);
            if (then == 1) partition.Restart();
        }

        partition.ReadToEnd();
        for (var i = 0; i < restartsAtEnd; i++)
        {
            partition.Restart();
            partition.ReadToEnd();
        }

        return partition;
    }

    // Offsets have holes; every topic closes with an end mark.
    private static IReadOnlyList<TopicRecord>[] Topics((int Topic, int Time, int User, int Repeats)[] events)
    {
        var topics = Enumerable.Range(0, TopicCount).Select(_ => new List<TopicRecord>()).ToArray();
        for (var i = 0; i < events.Length; i++)
        {
            var (topic, time, user, repeats) = events[i];
            var place = topics[topic];
            var order = repeats > 0 && repeats <= place.Count
                ? place[^repeats].Order
                : new EventOrder(Start.AddSeconds(time), (EventType)topic, $"u{user}", $"e{i:D3}");
            place.Add(new TopicRecord(topic, NextOffset(place), order));
        }

        for (var t = 0; t < TopicCount; t++) topics[t].Add(new TopicRecord(t, NextOffset(topics[t]), null));
        return topics;
    }

    private static long NextOffset(List<TopicRecord> topic) => topic.Count == 0 ? 0 : topic[^1].Offset + (topic.Count % 3 == 0 ? 2 : 1);

    // Times become a jitter of at most the lateness below a line that only rises.
    private static (int Topic, int Time, int User, int Repeats)[] WithinLateness((int Topic, int Time, int User, int Repeats)[] events) =>
        [.. events.Select((e, i) => (e.Topic, (i * 3) - (e.Time % (Lateness + 1)), e.User, 0))];
}
