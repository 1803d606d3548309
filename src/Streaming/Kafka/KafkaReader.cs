using System.Collections.Concurrent;
using System.Diagnostics;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>Reads ranges of partitions, by consumers of no group that are kept for the next reader.</summary>
internal sealed class KafkaReader(KafkaClients clients, KafkaPatience patience) : IDisposable
{
    private const int KeptMax = 4;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(5);
    private readonly ConcurrentBag<Kafka.IConsumer<string?, byte[]?>> free = [];
    private volatile bool disposed;

    /// <summary>
    /// What was committed of [from, to): raw results, marks of the end of the partition and seals left out. Ends where
    /// <paramref name="to"/> is reached, be it by offsets that hold nothing.
    /// </summary>
    internal IEnumerable<Kafka.ConsumeResult<string?, byte[]?>> Read(Kafka.TopicPartition partition, long from, long to)
    {
        if (from >= to) yield break;
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!free.TryTake(out var consumer)) consumer = New();
        try
        {
            consumer.Assign(new Kafka.TopicPartitionOffset(partition, from));
            var waited = Stopwatch.GetTimestamp();
            var asked = waited;
            for (var next = from; next < to;)
            {
                if (Next(consumer) is not { } result)
                {
                    patience.RequireTime($"reading {partition.Topic}/{partition.Partition.Value}", Stopwatch.GetElapsedTime(waited));
                    if (Stopwatch.GetElapsedTime(asked) < SilenceMax) continue;

                    // One whose broker went may ask nobody any more.
                    consumer.Dispose();
                    consumer = New();
                    consumer.Assign(new Kafka.TopicPartitionOffset(partition, next));
                    asked = Stopwatch.GetTimestamp();
                    continue;
                }

                waited = asked = Stopwatch.GetTimestamp();
                next = result.IsPartitionEOF ? Math.Max(next, result.Offset.Value) : result.Offset.Value + 1;
                if (!result.IsPartitionEOF && result.Offset.Value < to && !Seal.Is(result)) yield return result;
            }
        }
        finally
        {
            Return(consumer);
        }
    }

    public void Dispose()
    {
        disposed = true;
        while (free.TryTake(out var consumer)) consumer.Dispose();
    }

    private Kafka.IConsumer<string?, byte[]?> New() => clients.Reader().SetErrorHandler((_, error) => clients.Told(error)).Build();

    private static Kafka.ConsumeResult<string?, byte[]?>? Next(Kafka.IConsumer<string?, byte[]?> consumer)
    {
        try
        {
            return consumer.Consume(Slice);
        }
        catch (Kafka.ConsumeException e) when (KafkaPatience.MayPass(e.Error))
        {
            return null;
        }
        catch (Kafka.ConsumeException e)
        {
            throw new LogException($"reading {e.ConsumerRecord?.Topic}/{e.ConsumerRecord?.Partition.Value} failed: {KafkaClients.Plain(e.Error.Reason)}", e);
        }
    }

    private void Return(Kafka.IConsumer<string?, byte[]?> consumer)
    {
        if (disposed || free.Count >= KeptMax)
        {
            consumer.Dispose();
            return;
        }

        consumer.Unassign();
        free.Add(consumer);
    }
}
