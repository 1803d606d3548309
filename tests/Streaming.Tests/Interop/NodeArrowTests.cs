using System.Globalization;
using System.Text.Json;
using CsCheck;
using Tppo.Core.Judging;
using Tppo.Core.Rollouts;
using Tppo.Streaming.Codecs;

namespace Tppo.Streaming.Tests;

/// <summary>Another implementation of Arrow reads what ours wrote: every value, the schema and its version.</summary>
public class NodeArrowTests
{
    private const string Texts = " žluťoučký kůň, 日本語, 👩\u200D👩\u200D👧, \u202Eשלום\u202C, \0\u0001\"\\\n";

    // Its text decoder takes a mark of byte order at the beginning of a text away.
    private const char ByteOrderMark = '\uFEFF';

    private static readonly TokenRewardRow Reward = new()
    {
        RolloutId = new string('a', 64),
        JudgementId = "",
        User = Texts,
        ResponseIds = [0, 1, int.MaxValue, int.MinValue],
        WordIndex = [-1, 0, 1, -1],
        Categories = [Category.None, Category.Irrelevant, Category.Relevant, Category.None],
        Sentence = Category.Relevant,
        TokenizerSha256 = new string('f', 64),
    };

    private static readonly RolloutRow Rollout = new()
    {
        RolloutId = new string('b', 64),
        WindowId = "",
        User = "u",
        Purpose = Purposes.Label,
        PolicyVersion = "policy/0",
        Sample = int.MinValue,
        Seed = long.MaxValue,
        PromptIds = [5, 6, 7],
        ResponseIds = [8, 9, 10, 11, 12, 13],
        LogProbs = [-0.1f, -float.Epsilon, -0f, float.MinValue, float.NegativeInfinity, float.NaN],
        ByteStarts = [0, 1, 2, 3, 4, 4],
        ByteEnds = [1, 2, 3, 4, 4, 4],
        Response = Texts,
        Finished = true,
    };

    [Fact]
    public void Token_rewards_are_the_same_rows_to_another_implementation()
    {
        var empty = Reward with { ResponseIds = [], WordIndex = [], Categories = [], Sentence = Category.None };
        AssertRewards([Reward, empty, Reward with { Sentence = Category.Irrelevant }]);
        AssertRewards([]);
        TokenRewardCodecTests.Rows.Array[64, 80].Sample(AssertRewards, iter: 3, threads: 1);
    }

    [Fact]
    public void Rollouts_are_the_same_rows_to_another_implementation()
    {
        var empty = Rollout with { PromptIds = [], ResponseIds = [], LogProbs = [], ByteStarts = [], ByteEnds = [], Response = "", Finished = false };
        AssertRollouts([Rollout, empty, Rollout with { Seed = long.MinValue, Sample = 7 }]);
        AssertRollouts([]);
        RolloutCodecTests.Rows.Where(r => !TextsOf(r).Any(t => t.StartsWith(ByteOrderMark))).Array[64, 80].Sample(AssertRollouts, iter: 3, threads: 1);
    }

    private static void AssertRewards(TokenRewardRow[] rows) => AssertSame(
        "token-rewards.v1", TokenRewardCodec.Encode(rows), rows,
        [
            "rollout_id Utf8", "judgement_id Utf8", "user Utf8", "response_ids List<item Int32>", "word_index List<item Int32>",
            "categories List<item Int8>", "sentence Int8", "tokenizer_sha256 Utf8",
        ],
        row => new TokenRewardRow
        {
            RolloutId = Text(row, "rollout_id"),
            JudgementId = Text(row, "judgement_id"),
            User = Text(row, "user"),
            ResponseIds = Numbers(row, "response_ids"),
            WordIndex = Numbers(row, "word_index"),
            Categories = List(row, "categories", c => (Category)c.GetSByte()),
            Sentence = (Category)row.GetProperty("sentence").GetSByte(),
            TokenizerSha256 = Text(row, "tokenizer_sha256"),
        });

    private static void AssertRollouts(RolloutRow[] rows) => AssertSame(
        "rollouts.v1", RolloutCodec.Encode(rows), rows,
        [
            "rollout_id Utf8", "window_id Utf8", "user Utf8", "purpose Utf8", "policy_version Utf8", "sample Int32", "seed Int64",
            "prompt_ids List<item Int32>", "response_ids List<item Int32>", "logprobs List<item Float32>", "byte_starts List<item Int32>",
            "byte_ends List<item Int32>", "response Utf8", "finished Bool",
        ],
        row => new RolloutRow
        {
            RolloutId = Text(row, "rollout_id"),
            WindowId = Text(row, "window_id"),
            User = Text(row, "user"),
            Purpose = Text(row, "purpose"),
            PolicyVersion = Text(row, "policy_version"),
            Sample = row.GetProperty("sample").GetInt32(),
            Seed = long.Parse(Text(row, "seed"), CultureInfo.InvariantCulture),
            PromptIds = Numbers(row, "prompt_ids"),
            ResponseIds = Numbers(row, "response_ids"),
            LogProbs = List(row, "logprobs", Single),
            ByteStarts = Numbers(row, "byte_starts"),
            ByteEnds = Numbers(row, "byte_ends"),
            Response = Text(row, "response"),
            Finished = row.GetProperty("finished").GetBoolean(),
        });

    private static void AssertSame<T>(string schema, byte[] payload, T[] rows, string[] fields, Func<JsonElement, T> read)
    {
        var found = NodeArrow.Read(payload);
        Assert.Equal($$"""{"schema":"{{schema}}","schema_version":"1"}""", found.GetProperty("metadata").GetRawText());
        Assert.Equal(fields, List(found, "fields", f => f.GetString()));
        int[] counts = [found.GetProperty("dictionaries").GetInt32(), found.GetProperty("batches").GetInt32(), found.GetProperty("nulls").GetInt32()];
        Assert.Equal([0, 1, 0], counts);
        Assert.Equal(RowText.Of(rows), RowText.Of(List(found, "rows", read)));
    }

    private static IEnumerable<string> TextsOf(RolloutRow r) => [r.RolloutId, r.WindowId, r.User, r.Purpose, r.PolicyVersion, r.Response];

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private static int[] Numbers(JsonElement row, string name) => List(row, name, n => n.GetInt32());

    private static float Single(JsonElement number) =>
        number.ValueKind == JsonValueKind.String ? float.Parse(number.GetString()!, CultureInfo.InvariantCulture) : (float)number.GetDouble();

    private static TItem[] List<TItem>(JsonElement of, string name, Func<JsonElement, TItem> item) => [.. of.GetProperty(name).EnumerateArray().Select(item)];
}
