namespace Tppo.Streaming.Embedded;

/// <summary>Where a consumer stands in one partition.</summary>
internal sealed class PartitionCursor(PartitionLog log)
{
    internal PartitionLog Log { get; } = log;

    internal long Position { get; set; }

    internal bool Paused { get; set; }
}
