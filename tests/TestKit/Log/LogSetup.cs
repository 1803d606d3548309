using Tppo.Streaming.Faults;

namespace Tppo.TestKit;

/// <summary>How a contract case wants its log.</summary>
public sealed record LogSetup
{
    public int Partitions { get; init; } = 4;

    public int OffsetHoleEvery { get; init; }

    public ManualClock Clock { get; init; } = new();

    public IReadOnlyList<StepFault> Faults { get; init; } = [];
}
