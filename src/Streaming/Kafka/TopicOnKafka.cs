namespace Tppo.Streaming;

/// <summary>A topic of the table as a cluster has it.</summary>
/// <param name="Name">Our name.</param>
/// <param name="KafkaName">The cluster's: with the prefix.</param>
/// <param name="Partitions">How many it has.</param>
internal sealed record TopicOnKafka(string Name, string KafkaName, int Partitions);
