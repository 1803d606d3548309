using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;
using Tppo.TestKit;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Tests.Rules;

/// <summary>How partitions are read while brokers fall silent: consumers are played, waits take no time.</summary>
public sealed class ReaderTests : IDisposable
{
    private static readonly Driver.TopicPartition Place = new("t", 3);
    private readonly LeapingClock clock = new();
    private readonly List<PlayedConsumer> made = [];
    private readonly KafkaReader reader;
    private Func<Driver.ConsumeResult<string?, byte[]?>?> next = () => null;

    public ReaderTests() => reader = new KafkaReader(Make, Patience(), clock);

    public void Dispose() => reader.Dispose();

    [Fact]
    public void Marks_of_the_end_and_seals_are_left_out_and_holes_end_a_read()
    {
        var results = new Queue<Driver.ConsumeResult<string?, byte[]?>>([Value(4), Sealed(5), Value(6), End(9)]);
        next = results.Dequeue;
        Assert.Equal([4, 6], reader.Read(Place, 4, 9).Select(r => r.Offset.Value));
        Assert.Equal(["4", "none"], Assert.Single(made).Assigned);
    }

    [Fact]
    public void A_consumer_that_is_done_is_kept_for_the_next_reader()
    {
        next = () => Value(0);
        for (var i = 0; i < 3; i++) Assert.Single(reader.Read(Place, 0, 1));
        Assert.Equal(["0", "none", "0", "none", "0", "none"], Assert.Single(made).Assigned);
        reader.Dispose();
        Assert.True(made[0].IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => reader.Read(Place, 0, 1).Any());
    }

    [Fact]
    public void After_five_silent_seconds_another_consumer_goes_on_behind_what_was_read()
    {
        var polls = 0;
        next = () =>
        {
            if (polls++ == 0) return Value(7);
            clock.Move(TimeSpan.FromMilliseconds(100));
            return made.Count == 3 ? Value(8) : null;
        };
        Assert.Equal([7, 8], reader.Read(Place, 7, 9).Select(r => r.Offset.Value));
        Assert.Equal([["7"], ["8"], ["8", "none"]], made.Select(m => m.Assigned));
        Assert.Equal([true, true, false], made.Select(m => m.IsDisposed));
    }

    [Fact]
    public void What_may_pass_is_silence_and_silence_ends_in_one_line_that_names_the_partition()
    {
        next = () =>
        {
            clock.Move(TimeSpan.FromMilliseconds(100));
            throw Failed(Driver.ErrorCode.Local_AllBrokersDown, "all\n down");
        };
        var error = Assert.Throws<LogException>(() => reader.Read(Place, 0, 1).ToList());
        Assert.Equal("b:1: no answer for 30 s (reading t/3)", error.Message);
        Assert.Equal(7, made.Count);
    }

    [Fact]
    public void What_does_not_pass_is_one_line_at_once()
    {
        next = () => throw Failed(Driver.ErrorCode.TopicAuthorizationFailed, "not\n allowed");
        Assert.Equal("reading t/3 failed: not allowed", Assert.Throws<LogException>(() => reader.Read(Place, 0, 1).ToList()).Message);
        Assert.Empty(clock.Waits);
    }

    [Fact]
    public void Nothing_is_asked_of_an_empty_range()
    {
        Assert.Empty(reader.Read(Place, 5, 5));
        Assert.Empty(made);
    }

    private Driver.IConsumer<string?, byte[]?> Make()
    {
        var (consumer, played) = PlayedConsumer.Of(() => next());
        made.Add(played);
        return consumer;
    }

    private KafkaPatience Patience() => new(
        new KafkaOptions { BootstrapServers = "b:1", StateFolder = "", Patience = TimeSpan.FromSeconds(30), Clock = clock }, new HeardErrors(), () => { });

    private static Driver.ConsumeResult<string?, byte[]?> Value(long offset) => At(offset, [1], []);

    private static Driver.ConsumeResult<string?, byte[]?> Sealed(long offset)
    {
        var headers = new Driver.Headers();
        foreach (var header in Seal.Of(Place, offset).Headers) headers.Add(header.Name, System.Text.Encoding.UTF8.GetBytes(header.Value));
        return At(offset, null, headers);
    }

    private static Driver.ConsumeResult<string?, byte[]?> End(long offset) => new()
    {
        TopicPartitionOffset = new Driver.TopicPartitionOffset(Place, offset),
        IsPartitionEOF = true,
    };

    private static Driver.ConsumeResult<string?, byte[]?> At(long offset, byte[]? value, Driver.Headers headers) => new()
    {
        TopicPartitionOffset = new Driver.TopicPartitionOffset(Place, offset),
        Message = new Driver.Message<string?, byte[]?> { Key = "k", Value = value, Headers = headers },
    };

    private static Driver.ConsumeException Failed(Driver.ErrorCode code, string reason) => new(
        new Driver.ConsumeResult<byte[], byte[]> { TopicPartitionOffset = new Driver.TopicPartitionOffset(Place, 0) },
        new Driver.Error(code, reason));
}
