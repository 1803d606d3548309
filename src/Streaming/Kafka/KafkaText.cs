using System.Text;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>Keys as UTF-8, none as null.</summary>
internal sealed class KafkaText : Kafka.ISerializer<string?>, Kafka.IDeserializer<string?>
{
    private static readonly KafkaText Instance = new();

    internal static Kafka.ISerializer<string?> Serializer => Instance;

    internal static Kafka.IDeserializer<string?> Deserializer => Instance;

    public byte[] Serialize(string? data, Kafka.SerializationContext context) => data is null ? null! : Encoding.UTF8.GetBytes(data);

    public string? Deserialize(ReadOnlySpan<byte> data, bool isNull, Kafka.SerializationContext context) => isNull ? null : Encoding.UTF8.GetString(data);
}
