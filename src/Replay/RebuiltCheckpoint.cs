using Tppo.Core.Models;

namespace Tppo.Replay;

/// <summary>A checkpoint as the log records it, and what came out when it was made again.</summary>
/// <param name="Recorded">What the log says.</param>
/// <param name="Weights">SHA-256 of the weights that came out.</param>
public sealed record RebuiltCheckpoint(CheckpointProduced Recorded, string Weights)
{
    /// <summary>Whether it is the same, bit for bit.</summary>
    public bool IsEqual => Recorded.WeightsSha256 == Weights;
}
