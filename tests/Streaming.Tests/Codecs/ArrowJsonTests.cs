using System.Buffers;
using System.Text.Json;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using CsCheck;
using Tppo.Core.Judging;
using Tppo.Core.Rollouts;
using Tppo.Streaming.Codecs;

namespace Tppo.Streaming.Tests;

public class ArrowJsonTests
{
    [Fact]
    public void Rollouts_are_objects_with_the_formats_names_and_every_value()
    {
        var rows = Json(
            RolloutCodec.Encode(
                [Rollout() with { Response = " red\nshoes", LogProbs = [-0.5f, float.NaN, float.NegativeInfinity] }, Rollout() with { PromptIds = [] }]));
        Assert.Equal(
            """{"rollout_id":"r","window_id":"w","user":"u","purpose":"label","policy_version":"p","sample":"""
            + """1,"seed":9223372036854775807,"prompt_ids":[1,2,3],"response_ids":[4,5],"logprobs":"""
            + """[-0.5,"NaN","-Infinity"],"byte_starts":[0,4],"byte_ends":[4,9],"response":" red\nshoes","finished":true}""",
            rows[0].GetRawText());
        Assert.Equal(0, rows[1].GetProperty("prompt_ids").GetArrayLength());
    }

    [Fact]
    public void Token_rewards_are_objects_too_and_no_rows_are_an_empty_array()
    {
        var row = new TokenRewardRow
        {
            RolloutId = "r",
            JudgementId = "j",
            User = "u",
            ResponseIds = [7],
            WordIndex = [-1],
            Categories = [Category.Relevant],
            Sentence = Category.Irrelevant,
            TokenizerSha256 = "t",
        };
        Assert.Equal(
            """{"rollout_id":"r","judgement_id":"j","user":"u","response_ids":[7],"word_index":[-1],"categories":[2],"sentence":1,"tokenizer_sha256":"t"}""",
            Assert.Single(Json(TokenRewardCodec.Encode([row]))).GetRawText());
        Assert.Empty(Json(TokenRewardCodec.Encode([])));
    }

    [Fact]
    public void Every_number_type_and_lists_of_texts_and_flags_are_read()
    {
        var texts = new ListArray.Builder(StringType.Default);
        texts.Append();
        ((StringArray.Builder)texts.ValueBuilder).Append("a").Append("b");
        var payload = Stream(
            ("i8", new Int8Array.Builder().Append(sbyte.MinValue).Build()), ("i16", new Int16Array.Builder().Append(short.MinValue).Build()),
            ("u8", new UInt8Array.Builder().Append(byte.MaxValue).Build()), ("u16", new UInt16Array.Builder().Append(ushort.MaxValue).Build()),
            ("u32", new UInt32Array.Builder().Append(uint.MaxValue).Build()), ("u64", new UInt64Array.Builder().Append(ulong.MaxValue).Build()),
            ("f32", new FloatArray.Builder().Append(0.1f).Build()), ("f64", new DoubleArray.Builder().Append(0.1).Build()), ("texts", texts.Build()));
        Assert.Equal(
            """{"i8":-128,"i16":-32768,"u8":255,"u16":65535,"u32":4294967295,"u64":18446744073709551615,"f32":0.1,"f64":0.1,"texts":["a","b"]}""",
            Assert.Single(Json(payload)).GetRawText());
    }

    [Fact]
    public void What_our_schemas_do_not_hold_is_refused_in_one_line()
    {
        AssertRefused("{}"u8.ToArray());
        AssertRefused(ReadOnlyMemory<byte>.Empty);
        AssertRefused(Stream(("day", new Date32Array.Builder().Append(DateTimeOffset.UnixEpoch).Build())));
        AssertRefused(Stream());
        var payload = RolloutCodec.Encode([Rollout()]);
        for (var length = 0; length < payload.Length; length += 7) AssertRefused(payload.AsMemory(0, length));
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_but_never_anything_else() =>
        Gen.Select(Gen.Int[0, 9999], Gen.Byte[1, 255]).Array[1, 3].Sample(changes =>
        {
            var payload = RolloutCodec.Encode([Rollout(), Rollout()]);
            foreach (var (at, change) in changes) payload[at % payload.Length] ^= change;
            try
            {
                Json(payload);
            }
            catch (FormatException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }, iter: 10000);

    private static List<JsonElement> Json(ReadOnlyMemory<byte> payload)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) ArrowJson.WriteRows(payload, writer);
        return [.. JsonDocument.Parse(buffer.WrittenMemory).RootElement.EnumerateArray()];
    }

    private static byte[] Stream(params (string Name, IArrowArray Values)[] columns)
    {
        var schema = new Schema(columns.Select(c => new Field(c.Name, c.Values.Data.DataType, nullable: false)), null);
        using var batch = new RecordBatch(schema, columns.Select(c => c.Values), 1);
        using var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, schema, leaveOpen: true))
        {
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        return stream.ToArray();
    }

    private static RolloutRow Rollout() => new()
    {
        RolloutId = "r",
        WindowId = "w",
        User = "u",
        Purpose = "label",
        PolicyVersion = "p",
        Response = " red shoes, blue",
        Sample = 1,
        Seed = long.MaxValue,
        Finished = true,
        PromptIds = [1, 2, 3],
        ResponseIds = [4, 5],
        ByteStarts = [0, 4],
        ByteEnds = [4, 9],
        LogProbs = [-0.5f, -1.5f],
    };

    private static void AssertRefused(ReadOnlyMemory<byte> payload) =>
        Assert.DoesNotContain('\n', Assert.Throws<FormatException>(() => Json(payload)).Message);
}
