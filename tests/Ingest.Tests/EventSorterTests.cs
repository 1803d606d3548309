using CsCheck;
using Tppo.Core.Events;
using Tppo.Ingest.Import;

namespace Tppo.Ingest.Tests;

public sealed class EventSorterTests
{
    private static readonly Gen<UserEvent> Event =
        from id in Gen.Int[0, 1000]
        from user in Gen.Int[0, 5]
        from second in Gen.Int[0, 20]
        from type in Gen.Int[0, 3]
        from text in Gen.String
        select new UserEvent(
            $"e{id:D4}", $"u{user}", new DateTime(2024, 1, 1, 0, 0, second, DateTimeKind.Utc), (EventType)type,
            text.Replace("\uD800", "", StringComparison.Ordinal), "");

    [Fact]
    public void In_memory_or_spilled_the_order_is_the_canonical_one_and_can_be_read_again()
    {
        Gen.Select(Event.Array[0, 60], Gen.Int[1, 20]).Sample((events, runEvents) =>
        {
            using var sorter = new EventSorter(runEvents);
            foreach (var e in events) sorter.Add(e);
            var expected = events.Select(EventOrder.Of).Order().ToList();
            Assert.Equal(expected, sorter.Sorted().Select(EventOrder.Of));
            Assert.Equal(expected, sorter.Sorted().Select(EventOrder.Of));
            Assert.Equal(events.Length, sorter.Count);
        }, iter: 200);
    }

    [Fact]
    public void Spilled_events_come_back_whole()
    {
        UserEvent[] events =
        [
            .. Enumerable.Range(0, 10).Select(
                i => new UserEvent($"id {i}", "användare", DateTime.UnixEpoch.AddTicks((i * 7 % 10) + 1), EventType.Visit, $"text\n{i} ☂", $"https://{i}")),
        ];
        using var sorter = new EventSorter(runEvents: 3);
        foreach (var e in events) sorter.Add(e);
        Assert.Equal(events.OrderBy(e => e.Time), sorter.Sorted());
    }
}
