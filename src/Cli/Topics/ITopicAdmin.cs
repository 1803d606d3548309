using Tppo.Core.Log;

namespace Tppo.Cli;

/// <summary>Looks after topics themselves, where the log is one that has them made beforehand.</summary>
internal interface ITopicAdmin : IDisposable
{
    /// <summary>Makes what is missing of a table, keyed topics with so many partitions; a line for people about each thing done.</summary>
    IReadOnlyList<string> Create(IReadOnlyList<TopicSpec> table, int keyedPartitions);

    /// <summary>By topic of the table, what differs from it, such as <c>retention.ms: expected -1, found 604800000</c>; topics that agree are absent.</summary>
    IReadOnlyDictionary<string, string> Differences(IReadOnlyList<TopicSpec> table);
}
