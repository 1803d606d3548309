using System.Globalization;
using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.TestKit;

/// <summary>Short ways to write to, read from and step through a log in tests.</summary>
public static class LogTools
{
    private const int PollsMax = 10_000;

    public static OutgoingRecord Record(string topic, string text, int? partition = null, string? key = null) =>
        new() { Topic = topic, Key = key, Value = Encoding.UTF8.GetBytes(text), Partition = partition };

    /// <summary>Records <c>first</c> to <c>first + count − 1</c> as texts, in one append.</summary>
    public static void AppendNumbers(this IEventLog log, string topic, int partition, int count, int first = 0) =>
        log.Append([.. Enumerable.Range(first, count).Select(i => Record(topic, Number(i), partition))]);

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    public static IEnumerable<string> Numbers(int count, int first = 0) => Enumerable.Range(first, count).Select(Number);

    public static string Text(this LogRecord record) => Encoding.UTF8.GetString(record.Value.Span);

    public static string[] Texts(this IEventLog log, string topic, int partition, long from = 0) =>
        [.. log.Read(new TopicPartition(topic, partition), from).Select(Text)];

    public static string[] AllTexts(this IEventLog log, string topic) =>
        [.. Enumerable.Range(0, log.Partitions(topic)).SelectMany(p => log.Texts(topic, p))];

    /// <summary>Polls until the end of what is assigned.</summary>
    public static List<LogRecord> Drain(this IConsumer consumer, int recordsMax = 100)
    {
        var all = new List<LogRecord>();
        for (var polls = 0; polls < PollsMax; polls++)
        {
            all.AddRange(consumer.Poll(recordsMax, TimeSpan.Zero, CancellationToken.None));
            if (consumer.AtEnd) return all;
        }

        throw new ContractBrokenException($"after {PollsMax} polls the consumer is not at its end");
    }

    /// <summary>Commits, in one step, the positions of all that is assigned.</summary>
    public static StepOutcome CommitPositions(this IConsumer consumer)
    {
        using var step = consumer.Begin();
        foreach (var partition in consumer.Assignment) step.Commit(partition, consumer.Position(partition));
        return step.Finish();
    }

    /// <summary>
    /// The loop of every service: copies <paramref name="from"/> to <paramref name="to"/> partition by partition, a few records
    /// a step, and counts them in the keyed state; rewinds after Aborted and Unknown. Returns at the end of the input.
    /// </summary>
    public static void Copy(this IConsumer consumer, string from, string to, int recordsAStep = 3)
    {
        for (var polls = 0; polls < PollsMax; polls++)
        {
            var records = consumer.Poll(recordsAStep, TimeSpan.Zero, CancellationToken.None);
            if (records.Count == 0 && consumer.AtEnd) return;
            if (records.Count > 0 && !consumer.CopyStep(records, from, to)) consumer.Rewind();
        }

        throw new ContractBrokenException($"after {PollsMax} polls the copy is not at its end");
    }

    /// <summary>The count that <see cref="Copy"/> keeps of a partition.</summary>
    public static int Copied(this IStateReader state, int partition) =>
        state.Get(partition, "count") is { } value ? int.Parse(Encoding.UTF8.GetString(value.Span), CultureInfo.InvariantCulture) : 0;

    /// <summary>One step of <see cref="Copy"/>; false where it was not committed.</summary>
    public static bool CopyStep(this IConsumer consumer, IReadOnlyList<LogRecord> records, string from, string to)
    {
        using var step = consumer.Begin();
        foreach (var group in records.GroupBy(r => r.Partition))
        {
            foreach (var record in group) step.Append(new OutgoingRecord { Topic = to, Key = record.Key, Value = record.Value, Partition = record.Partition });
            step.Put(group.Key, "count", Encoding.UTF8.GetBytes(Number(consumer.State.Copied(group.Key) + group.Count())));
            var partition = new TopicPartition(from, group.Key);
            step.Commit(partition, consumer.Position(partition));
        }

        return step.Finish() == StepOutcome.Committed;
    }

    /// <summary>Four event topics, which a sequencer reads together.</summary>
    public static IReadOnlyList<string> EventTopics { get; } = [Topics.Search, Topics.Click, Topics.Purchase, Topics.Visit];
}
