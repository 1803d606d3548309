using Tppo.Core.Log;

namespace Tppo.Cli.TopicAdmin;

/// <summary>Looks after topics themselves, where the log is one that has them made beforehand.</summary>
internal interface ITopicAdmin : IDisposable
{
    /// <summary>Makes what is missing of a table; a line for people about each thing done.</summary>
    IReadOnlyList<string> Create(IReadOnlyList<TopicSpec> table);

    /// <summary>
    /// By topic of the table, what differs from it, such as <c>retention.ms: expected -1, found 604800000</c>;
    /// <see cref="TopicRow.Missing"/> where it is not there; topics that agree are absent.
    /// </summary>
    IReadOnlyDictionary<string, string> Differences(IReadOnlyList<TopicSpec> table);
}
