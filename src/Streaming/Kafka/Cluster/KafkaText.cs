using System.Text;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>Keys as UTF-8, none as null.</summary>
internal sealed class KafkaText : Driver.ISerializer<string?>, Driver.IDeserializer<string?>
{
    private static readonly KafkaText Instance = new();

    internal static Driver.ISerializer<string?> Serializer => Instance;

    internal static Driver.IDeserializer<string?> Deserializer => Instance;

    public byte[] Serialize(string? data, Driver.SerializationContext context) => data is null ? null! : Encoding.UTF8.GetBytes(data);

    public string? Deserialize(ReadOnlySpan<byte> data, bool isNull, Driver.SerializationContext context) => isNull ? null : Encoding.UTF8.GetString(data);
}
