using System.Collections.Concurrent;
using Tppo.Streaming.Log;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>Reads ranges of partitions, by consumers of no group that are kept for the next reader.</summary>
/// <param name="make">Makes such a consumer.</param>
/// <param name="patience">For how long a read waits for brokers.</param>
/// <param name="clock">By which clock.</param>
internal sealed class KafkaReader(Func<Driver.IConsumer<string?, byte[]?>> make, KafkaPatience patience, TimeProvider clock) : IDisposable
{
    private const int KeptMax = 4;
    private static readonly TimeSpan FetchSlice = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentBag<Driver.IConsumer<string?, byte[]?>> free = [];
    private volatile bool disposed;

    /// <summary>
    /// What was committed of [from, to): raw results, marks of the end of the partition and seals left out. Ends where
    /// <paramref name="to"/> is reached, be it by offsets that hold nothing.
    /// </summary>
    internal IEnumerable<Driver.ConsumeResult<string?, byte[]?>> Read(Driver.TopicPartition partition, long from, long to)
    {
        if (from >= to) yield break;
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!free.TryTake(out var consumer)) consumer = make();
        try
        {
            consumer.Assign(new Driver.TopicPartitionOffset(partition, from));
            var silence = new Silence(clock);
            for (var next = from; next < to;)
            {
                if (Next(consumer) is not { } result)
                {
                    patience.RequireTime($"reading {partition.Topic}/{partition.Partition.Value}", silence.Lasts);
                    if (!silence.WantsAnotherClient) continue;
                    consumer.Dispose();
                    consumer = make();
                    consumer.Assign(new Driver.TopicPartitionOffset(partition, next));
                    silence.AskedAnew();
                    continue;
                }

                silence.Broken();
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

    private static Driver.ConsumeResult<string?, byte[]?>? Next(Driver.IConsumer<string?, byte[]?> consumer)
    {
        try
        {
            return consumer.Consume(FetchSlice);
        }
        catch (Driver.ConsumeException e) when (KafkaPatience.MayPass(e.Error))
        {
            return null;
        }
        catch (Driver.ConsumeException e)
        {
            var place = $"{e.ConsumerRecord?.Topic}/{e.ConsumerRecord?.Partition.Value}";
            throw new LogException($"reading {place} failed: {HeardErrors.Plain(e.Error.Reason)}", e);
        }
    }

    private void Return(Driver.IConsumer<string?, byte[]?> consumer)
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
