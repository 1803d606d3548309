namespace Tppo.Core.Log;

/// <summary>A stretch of one partition.</summary>
/// <param name="Place">The partition.</param>
/// <param name="From">First offset.</param>
/// <param name="To">One past the last.</param>
public readonly record struct OffsetRange(TopicPartition Place, long From, long To);
