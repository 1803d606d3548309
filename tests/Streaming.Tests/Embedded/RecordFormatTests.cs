using System.Text;
using CsCheck;
using Tppo.Core.Log;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Log;
using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Tests;

public class RecordFormatTests
{
    private static readonly Gen<string> Names = Gen.OneOf(Among("ce_id", "ce_type", "content-type", "tppo-seq", "own"), Gen.String.AlphaNumeric);

    private static readonly Gen<Header> Headers =
        from name in Names
        from value in Gen.OneOf(Among("1.0", "application/json", "tppo.search.v1", "", "žluťoučký"), Gen.String.AlphaNumeric)
        select new Header(name, value);

    private static readonly Gen<OutgoingRecord> Records =
        from key in Gen.Null(Gen.String.AlphaNumeric)
        from headers in Headers.Array[0, 12]
        from value in Gen.Byte.Array[0, 300]
        select new OutgoingRecord { Topic = "search.v1", Key = key, Headers = headers, Value = value };

    [Fact]
    public void A_record_comes_back_as_it_was_stored() => Records.Sample(record =>
    {
        var back = RecordFormat.Read(new TopicPartition("search.v1", 3), 42, Store(record));
        Assert.Equal(("search.v1", 3, 42L, record.Key), (back.Topic, back.Partition, back.Offset, back.Key));
        Assert.Equal(1_700_000_000_123, back.Timestamp.ToUnixTimeMilliseconds());
        Assert.Equal(record.Value.ToArray(), back.Value.ToArray());
        foreach (var header in record.Headers)
            Assert.Equal(record.Headers.First(h => h.Name == header.Name).Value, back.Header(header.Name));
        Assert.Null(back.Header("tppo-cause"));
        Assert.Null(back.Header("no such header"));
        Assert.Equal(record.Headers, back.Headers);
    });

    [Fact]
    public void Compaction_sees_the_key_and_the_empty_payload() => Records.Sample(record =>
    {
        Assert.Equal(record.Key is not null, RecordFormat.TryKey(Store(record), out var key, out var tombstone));
        Assert.Equal(record.Key ?? "", Encoding.UTF8.GetString(key));
        Assert.Equal(record.Value.Length == 0, tombstone);
    });

    [Fact]
    public void The_bytes_of_format_1_do_not_change()
    {
        var stored = Store(new OutgoingRecord
        {
            Topic = "search.v1",
            Key = "user",
            Value = "{}"u8.ToArray(),
            Headers =
            [
                new("ce_specversion", "1.0"), new("ce_id", "7"), new("ce_type", "tppo.end.v1"), new("content-type", "application/json"),
                new("own", "x"), new("tppo-to", "3"),
            ],
        });
        Assert.Equal(
            "0000018bcfe5687b" + "05" + "75736572" + "06" + "0101" + "02000137" + "0419" + "0702" + "00036f776e" + "000178" + "1925" + "7b7d",
            Convert.ToHexStringLower(stored));
    }

    private static Gen<string> Among(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static byte[] Store(OutgoingRecord record)
    {
        using var writer = new ByteWriter();
        RecordFormat.Write(writer, record);
        var stored = writer.Written(0, writer.Length);
        RecordFormat.Stamp(stored, 1_700_000_000_123);
        return stored.ToArray();
    }
}
