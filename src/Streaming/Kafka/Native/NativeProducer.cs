using System.Runtime.InteropServices;
using Tppo.Streaming.Wire;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Native;

/// <summary>Hands records to a producer without an object for each, nor for its headers. For one thread at a time.</summary>
internal sealed unsafe class NativeProducer : IDisposable
{
    private readonly Dictionary<string, nint> topics = [];
    private readonly WireHeaders wire = new();
    private readonly SafeHandle client;

    // Whoever closes the log does so from a thread of their own: native memory must not go from under a call.
    private readonly Lock gate = new();
    private bool disposed;

    internal NativeProducer(Driver.IClient client)
    {
        this.client = RdKafka.Of(client);
        var held = false;
        this.client.DangerousAddRef(ref held);
    }

    /// <summary>Hands over one record; false where the producer's queue is full. Nothing is told of its delivery but by the transaction.</summary>
    /// <exception cref="Driver.KafkaException">The library does not take it.</exception>
    internal bool TryProduce(in KafkaMessage message)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return Produce(message);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
            foreach (var topic in topics.Values) RdKafka.DestroyTopic(topic);
            wire.Dispose();
            client.DangerousRelease();
        }
    }

    private bool Produce(in KafkaMessage message)
    {
        wire.Begin(message);
        var packed = message.Headers switch
        {
            PackedHeaders p => p.Bytes,
            ExtendedHeaders e => e.Packed.Bytes,
            _ => default,
        };
        fixed (byte* value = message.Value.Span, stored = packed)
        {
            wire.Add(RdKafka.Argument.ToTopic(Topic(message.Place.Topic)));
            wire.Add(RdKafka.Argument.ToPartition(message.Place.Partition.Value));
            wire.Add(RdKafka.Argument.Copied());
            if (message.Key is not null) wire.Add(RdKafka.Argument.Key(wire.Write(message.Key, out var length), length));
            if (!message.IsGone) wire.Add(RdKafka.Argument.Value(value is null ? wire.Somewhere : value, message.Value.Length));
            wire.AddAll(message, stored);
            var error = RdKafka.Produce(client.DangerousGetHandle(), wire.Arguments, wire.Count);
            return error == 0 || !Throw(error);
        }
    }

    private static bool Throw(nint error)
    {
        var (code, text) = (RdKafka.Code(error), Marshal.PtrToStringUTF8((nint)RdKafka.Text(error)));
        RdKafka.DestroyError(error);
        return code == RdKafka.QueueFull ? true : throw new Driver.KafkaException(new Driver.Error((Driver.ErrorCode)code, text));
    }

    private nint Topic(string name)
    {
        if (topics.TryGetValue(name, out var known)) return known;
        return topics[name] = RdKafka.Topic(client.DangerousGetHandle(), name, 0);
    }
}
