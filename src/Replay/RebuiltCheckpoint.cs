using Tppo.Core.Models;

namespace Tppo.Replay;

/// <summary>A checkpoint as the log records it, and what came out when it was made again.</summary>
/// <param name="Recorded">What the log says.</param>
/// <param name="Checkpoint">The hash of what came out.</param>
public sealed record RebuiltCheckpoint(CheckpointProduced Recorded, string Checkpoint)
{
    /// <summary>Whether it is the same, bit for bit.</summary>
    public bool IsEqual => Recorded.Checkpoint == Checkpoint;
}
