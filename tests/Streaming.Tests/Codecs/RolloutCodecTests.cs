using CsCheck;
using Tppo.Core.Rollouts;
using Tppo.Streaming.Codecs;

namespace Tppo.Streaming.Tests;

public class RolloutCodecTests
{
    private static readonly Gen<int[]> Ids = Gen.Int[0, 100_000].Array[0, 40];

    internal static readonly Gen<RolloutRow> Rows =
        from texts in Gen.String.Array[6]
        from numbers in Gen.Select(Gen.Int, Gen.Long, Gen.Bool)
        from lists in Ids.Array[4]
        from logProbs in Gen.Float[-50f, 0f].Array[0, 40]
        select new RolloutRow
        {
            RolloutId = Valid(texts[0]),
            WindowId = Valid(texts[1]),
            User = Valid(texts[2]),
            Purpose = Valid(texts[3]),
            PolicyVersion = Valid(texts[4]),
            Response = Valid(texts[5]),
            Sample = numbers.Item1,
            Seed = numbers.Item2,
            Finished = numbers.Item3,
            PromptIds = lists[0],
            ResponseIds = lists[1],
            ByteStarts = lists[2],
            ByteEnds = lists[3],
            LogProbs = logProbs,
        };

    [Fact]
    public void Rows_come_back_as_they_were() =>
        Rows.Array[0, 70].Sample(rows => Assert.Equal(RowText.Of(rows), RowText.Of(RolloutCodec.Decode(RolloutCodec.Encode(rows)))), iter: 100);

    [Fact]
    public void Equal_rows_give_equal_bytes() =>
        Rows.Array[1, 20].Sample(rows => RolloutCodec.Encode(rows).SequenceEqual(RolloutCodec.Encode([.. rows.Select(r => r with { })])), iter: 50);

    [Fact]
    public void A_cut_off_payload_is_refused_at_every_length()
    {
        var payload = RolloutCodec.Encode([Row()]);
        for (var length = 0; length < payload.Length; length++) AssertRefused(payload.AsMemory(0, length));
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_but_never_anything_else() =>
        Gen.Select(Gen.Int[0, 9999], Gen.Byte[1, 255]).Array[1, 3].Sample(changes =>
        {
            var payload = RolloutCodec.Encode([Row(), Row()]);
            foreach (var (at, change) in changes) payload[at % payload.Length] ^= change;
            try
            {
                RolloutCodec.Decode(payload);
            }
            catch (FormatException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }, iter: 10000);

    [Fact]
    public void A_stream_of_another_schema_is_refused_by_name()
    {
        var other = TokenRewardCodec.Encode([]);
        Assert.Contains(
            "expected schema rollouts.v1 version 1, found token-rewards.v1 version 1",
            Assert.Throws<FormatException>(() => RolloutCodec.Decode(other)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_without_a_text_is_the_callers_fault() =>
        Assert.Throws<ArgumentException>(() => RolloutCodec.Encode([Row() with { User = null! }]));

    private static RolloutRow Row() => new()
    {
        RolloutId = "r",
        WindowId = "w",
        User = "u",
        Purpose = "label",
        PolicyVersion = "p",
        Response = " red shoes, blue",
        Sample = 1,
        Seed = 2,
        Finished = true,
        PromptIds = [1, 2, 3],
        ResponseIds = [4, 5],
        ByteStarts = [0, 4],
        ByteEnds = [4, 9],
        LogProbs = [-0.5f, -1.5f],
    };

    private static void AssertRefused(ReadOnlyMemory<byte> payload) =>
        Assert.DoesNotContain('\n', Assert.Throws<FormatException>(() => RolloutCodec.Decode(payload)).Message);

    /// <summary>Lone surrogates are no text: UTF-8 cannot hold them.</summary>
    private static string Valid(string text) => new([.. text.Where(c => !char.IsSurrogate(c))]);
}
