using System.Globalization;
using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Tests.Rules;

/// <summary>Keeps what a log tells, a line each.</summary>
internal sealed class NotedObserver : ILogObserver
{
    public List<string> Told { get; } = [];

    public List<string> Notices { get; } = [];

    public List<string> Warnings { get; } = [];

    public void Transaction(string owner, StepOutcome outcome) => Told.Add($"transaction {owner} {outcome}");

    public void SequenceGap(string topic, long missing) => Told.Add(string.Create(CultureInfo.InvariantCulture, $"gap {topic} {missing}"));

    public void SequenceDuplicate(string topic) => Told.Add($"again {topic}");

    public void Restoring(string group, int partition, long remaining) =>
        Told.Add(string.Create(CultureInfo.InvariantCulture, $"restoring {group}/{partition} {remaining}"));

    public void Lag(string group, TopicPartition partition, long records) =>
        Told.Add(string.Create(CultureInfo.InvariantCulture, $"lag {group} {partition.Topic}/{partition.Partition} {records}"));

    public void Age(string group, string topic, TimeSpan oldest) =>
        Told.Add(string.Create(CultureInfo.InvariantCulture, $"age {group} {topic} {oldest.TotalSeconds:F0}"));

    public void Notice(string text) => Notices.Add(text);

    public void Warning(string text) => Warnings.Add(text);
}
