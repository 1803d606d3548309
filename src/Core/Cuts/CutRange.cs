using System.Text.Json.Serialization;
using Tppo.Core.Log;

namespace Tppo.Core.Cuts;

/// <summary>Part of a cut: the records of one partition from one offset up to another.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="From">First offset.</param>
/// <param name="To">One past the last.</param>
/// <param name="Records">How many records of the step's kind the range holds; offsets have holes.</param>
public sealed record CutRange(string Topic, int Partition, long From, long To, int Records)
{
    /// <summary>Where they lie.</summary>
    [JsonIgnore]
    public OffsetRange Offsets => new(new TopicPartition(Topic, Partition), From, To);
}
