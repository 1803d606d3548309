using System.Runtime.InteropServices;
using Tppo.Streaming.Kafka.Native;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Membership;

/// <summary>
/// Takes what a consumer has ready, many records a call. It does not wait. Callbacks of the client may run inside of it: what was
/// fetched by a call that changed the assignment is to be dropped.
/// </summary>
internal sealed unsafe class NativeConsumer : IDisposable
{
    private const int BatchMax = 1024;
    private readonly RdKafka.Message*[] messages = new RdKafka.Message*[BatchMax];
    private readonly NativeRecord record = new();
    private readonly SafeHandle client;
    private readonly nint queue;
    // Whoever closes the log does so from a thread of their own: native memory must not go from under a call.
    private readonly Lock gate = new();
    private int count;
    private bool disposed;

    internal NativeConsumer(Driver.IClient client)
    {
        this.client = RdKafka.Of(client);
        var held = false;
        this.client.DangerousAddRef(ref held);
        queue = RdKafka.ConsumerQueue(this.client.DangerousGetHandle());
    }

    /// <summary>Fetches at most so many, which are to be handed out or dropped; gives how many, marks of an end among them.</summary>
    internal int Fetch(int max)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            fixed (RdKafka.Message** into = messages) return count = Math.Max(0, (int)RdKafka.Consume(queue, 0, into, Math.Min(max, BatchMax)));
        }
    }

    /// <summary>Hands out what was fetched; gives the bytes of payload.</summary>
    /// <param name="queueOf">By the cluster's topic and partition where a record goes; null: it is dropped.</param>
    /// <param name="failed">Told of errors that stand among the records.</param>
    internal long HandOut(Func<string, int, PartitionQueue?> queueOf, Action<Driver.Error> failed)
    {
        lock (gate)
        {
            try
            {
                return HandOutAll(queueOf, failed);
            }
            finally
            {
                Drop();
            }
        }
    }

    /// <summary>Drops what was fetched.</summary>
    internal void Drop()
    {
        lock (gate)
        {
            for (var i = 0; i < count; i++) RdKafka.Destroy(messages[i]);
            count = 0;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (disposed) return;
            disposed = true;
            Drop();
            RdKafka.Destroy(queue);
            record.Dispose();
            client.DangerousRelease();
        }
    }

    private long HandOutAll(Func<string, int, PartitionQueue?> queueOf, Action<Driver.Error> failed)
    {
        var bytes = 0L;
        var (topic, partition, target) = (nint.Zero, -1, (PartitionQueue?)null);
        for (var i = 0; i < count; i++)
        {
            var message = messages[i];
            if (message->Error is not 0 and not RdKafka.EndOfPartition)
            {
                // A fatal error is told by the client's own callback, with what lies behind it.
                if (message->Error != RdKafka.Fatal)
                    failed(new Driver.Error((Driver.ErrorCode)message->Error, Marshal.PtrToStringUTF8((nint)message->Payload, (int)message->Length)));
                continue;
            }

            // Records of one partition come in a row.
            if (message->Topic != topic || message->Partition != partition)
            {
                (topic, partition) = (message->Topic, message->Partition);
                target = queueOf(Marshal.PtrToStringUTF8((nint)RdKafka.TopicName(topic))!, partition);
            }

            if (message->Error == RdKafka.EndOfPartition)
            {
                target?.ReadTo(message->Offset);
                continue;
            }

            target?.Enqueue(record.Read(target.Id, message));
            bytes += message->Length;
        }

        return bytes;
    }
}
