using CsCheck;
using Tppo.Core.Judging;
using Tppo.Core.Rollouts;
using Tppo.Streaming.Codecs;

namespace Tppo.Streaming.Tests;

public class TokenRewardCodecTests
{
    private static readonly Gen<Category> Kinds = Gen.Enum<Category>();

    internal static readonly Gen<TokenRewardRow> Rows =
        from ids in Gen.Int[0, 100_000].Array[0, 40]
        from words in Gen.Int[-1, 20].Array[0, 40]
        from categories in Kinds.Array[0, 40]
        from sentence in Kinds
        from name in Gen.Int
        select new TokenRewardRow
        {
            RolloutId = $"rollout-{name}",
            JudgementId = $"judgement-{name}",
            User = $"ž{name}",
            ResponseIds = ids,
            WordIndex = words,
            Categories = categories,
            Sentence = sentence,
            TokenizerSha256 = new string('a', 64),
        };

    [Fact]
    public void Rows_come_back_as_they_were() =>
        Rows.Array[0, 100].Sample(rows => Assert.Equal(RowText.Of(rows), RowText.Of(TokenRewardCodec.Decode(TokenRewardCodec.Encode(rows)))), iter: 100);

    [Fact]
    public void A_cut_off_payload_is_refused_at_every_length()
    {
        var payload = TokenRewardCodec.Encode([.. Rows.Array[3].Single()]);
        for (var length = 0; length < payload.Length; length++)
            Assert.Throws<FormatException>(() => TokenRewardCodec.Decode(payload.AsMemory(0, length)));
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(-1, 1)]
    [InlineData(2, 9)]
    public void A_number_that_is_no_category_is_refused(sbyte token, sbyte sentence)
    {
        var row = Rows.Single() with { Categories = [(Category)token], Sentence = (Category)sentence };
        Assert.Contains(
            "categor", Assert.Throws<FormatException>(() => TokenRewardCodec.Decode(TokenRewardCodec.Encode([row]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fields_are_those_of_the_format_without_nulls_or_dictionaries()
    {
        Assert.Equal(
            [
                "rollout_id utf8", "judgement_id utf8", "user utf8", "response_ids list<int32>", "word_index list<int32>",
                "categories list<int8>", "sentence int8", "tokenizer_sha256 utf8",
            ],
            ArrowFields.Of(TokenRewardCodec.Encode([])));
        Assert.Equal(
            [
                "rollout_id utf8", "window_id utf8", "user utf8", "purpose utf8", "policy_version utf8", "sample int32", "seed int64", "prompt_ids list<int32>",
                "response_ids list<int32>", "logprobs list<float>", "byte_starts list<int32>", "byte_ends list<int32>", "response utf8", "finished bool",
            ],
            ArrowFields.Of(RolloutCodec.Encode([])));
    }
}
