using Tppo.Streaming.Kafka.Native;

namespace Tppo.Streaming.Kafka.Steps;

/// <summary>What the open step of a member gathers; kept from step to step, since a large one is large again.</summary>
internal sealed class StepBuffers
{
    private const int KeptMax = 1 << 18;

    /// <summary>Outputs in the order of the calls.</summary>
    internal List<KafkaMessage> Messages { get; } = [];

    /// <summary>Changes of the keyed state; null: the key goes.</summary>
    internal Dictionary<(int Partition, char Kind, string Key), ReadOnlyMemory<byte>?> Changes { get; } = [];

    /// <summary>Begins anew.</summary>
    internal void Clear()
    {
        Messages.Clear();
        Changes.Clear();
        if (Messages.Capacity > KeptMax) Messages.Capacity = 0;
        if (Changes.Capacity > KeptMax) Changes.TrimExcess();
    }
}
