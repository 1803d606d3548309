using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>Asks brokers for offsets of partitions.</summary>
internal sealed class OffsetListing(KafkaClients clients, KafkaPatience patience)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(5);

    /// <summary>One offset of each partition: its first, its last, or that of a time; below 0 where there is none.</summary>
    internal Dictionary<Driver.TopicPartition, long> List(
        IReadOnlyCollection<Driver.TopicPartition> partitions, Driver.Admin.OffsetSpec spec, Driver.IsolationLevel isolation)
    {
        if (partitions.Count == 0) return [];
        var requests = partitions.Select(p => new Driver.Admin.TopicPartitionOffsetSpec { TopicPartition = p, OffsetSpec = spec });
        var options = new Driver.Admin.ListOffsetsOptions { RequestTimeout = RequestTimeout, IsolationLevel = isolation };
        var result = patience.Get("offsets", () => Whole(() => Driver.IAdminClientExtensions.ListOffsetsAsync(clients.Admin, requests, options)));
        return result.ResultInfos.ToDictionary(r => r.TopicPartitionOffsetError.TopicPartition, r => r.TopicPartitionOffsetError.Offset.Value);
    }

    private static bool MeansUnknown(Driver.ErrorCode code) =>
        code is Driver.ErrorCode.UnknownTopicOrPart or Driver.ErrorCode.Local_UnknownTopic or Driver.ErrorCode.Local_UnknownPartition;

    // The library reports failures of single partitions apart: one of them stands for the call. And it asks by the leaders that it
    // knows of, however often it is told that they are no more: it is made to look again.
    private async Task<Driver.Admin.ListOffsetsResult> Whole(Func<Task<Driver.Admin.ListOffsetsResult>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Driver.KafkaException e)
        {
            var failed = (e as Driver.Admin.ListOffsetsException)?.Result.ResultInfos.Select(r => r.TopicPartitionOffsetError).First(r => r.Error.IsError);
            var error = failed?.Error ?? e.Error;
            if (KafkaPatience.MayPass(error)) clients.Admin.GetMetadata(MetadataTimeout);
            throw failed is not null && MeansUnknown(error.Code)
                ? new UnknownTopicException(failed.Topic, error, e)
                : new Driver.KafkaException(error, e);
        }
    }
}
