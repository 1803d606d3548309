using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.TestKit;

/// <summary>Keyed state of a group.</summary>
internal static class StateCases
{
    internal static IEnumerable<ContractCase> All =>
    [
        ContractCase.Of(The_last_write_of_a_key_holds),
        ContractCase.Of(State_is_kept_apart_by_group_and_partition),
        ContractCase.Of(All_state_of_a_partition_comes_in_order_of_its_keys),
        ContractCase.Of(Large_state_is_read_whole),
    ];

    private static void The_last_write_of_a_key_holds(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var consumer = Ready(log, "g");
        Write(consumer, s =>
        {
            s.Put(0, "a", Bytes("1"));
            s.Put(0, "a", Bytes("2"));
            s.Put(0, "b", Bytes("1"));
            s.Delete(0, "b");
            s.Delete(0, "c");
            s.Put(0, "c", Bytes(""));
        });
        Check.Equal("2", Text(consumer.State.Get(0, "a")), "twice written");
        Check.Equal(null, Text(consumer.State.Get(0, "b")), "written and deleted");
        Check.Equal("", Text(consumer.State.Get(0, "c")), "deleted and written empty");
        Write(consumer, s => s.Delete(0, "a"));
        Check.Equal(null, Text(consumer.State.Get(0, "a")), "deleted in a later step");
    }

    private static void State_is_kept_apart_by_group_and_partition(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var first = Ready(log, "g");
        using var second = Ready(log, "g2");
        Write(first, s => s.Put(0, "k", Bytes("first/0")));
        Write(first, s => s.Put(1, "k", Bytes("first/1")));
        Write(second, s => s.Put(0, "k", Bytes("second/0")));
        Check.Equal("first/0", Text(first.State.Get(0, "k")), "g/0");
        Check.Equal("first/1", Text(first.State.Get(1, "k")), "g/1");
        Check.Equal("second/0", Text(second.State.Get(0, "k")), "g2/0");
        Check.Equal(null, Text(second.State.Get(1, "k")), "g2/1");
        Check.Sequence(["k"], first.State.All(0).Select(e => e.Key), "keys of g/0");
    }

    private static void All_state_of_a_partition_comes_in_order_of_its_keys(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var consumer = Ready(log, "g");
        string[] keys = ["b", "", "a/2", "ž", "a", "a/1"];
        Write(consumer, s =>
        {
            foreach (var key in keys) s.Put(2, key, Bytes(key));
            s.Put(1, "before", default);
            s.Put(3, "behind", default);
        });
        var all = consumer.State.All(2).ToArray();
        Check.Sequence(["", "a", "a/1", "a/2", "b", "ž"], all.Select(e => e.Key), "keys");
        Check.Sequence(all.Select(e => e.Key), all.Select(e => Text(e.Value)!), "values");
    }

    private static void Large_state_is_read_whole(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var consumer = Ready(log, "g");
        for (var part = 0; part < 4; part++)
        {
            var first = part * 500;
            Write(consumer, s =>
            {
                for (var i = first; i < first + 500; i++) s.Put(0, $"key-{i:0000}", new byte[5000]);
            });
        }

        var seen = consumer.State.All(0).ToArray();
        Check.Sequence(Enumerable.Range(0, 2000).Select(i => $"key-{i:0000}"), seen.Select(e => e.Key), "keys");
        Check.True(seen.All(e => e.Value.Length == 5000), "values are whole");
    }

    private static IConsumer Ready(IEventLog log, string group)
    {
        var consumer = log.Join(group, "a", [Topics.Search]);
        consumer.Poll(1, TimeSpan.Zero, CancellationToken.None);
        return consumer;
    }

    private static void Write(IConsumer consumer, Action<IStep> fill)
    {
        using var step = consumer.Begin();
        fill(step);
        Check.Equal(StepOutcome.Committed, step.Finish(), "outcome");
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string? Text(ReadOnlyMemory<byte>? value) => value is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
}
