using Tppo.Core.Judging;
using Tppo.Core.Rollouts;
using static Tppo.Streaming.Codecs.ArrowColumn;

namespace Tppo.Streaming.Codecs;

/// <summary>Token rewards as one complete Arrow IPC stream: no dictionaries, no nulls, equal rows give equal bytes.</summary>
public static class TokenRewardCodec
{
    private const string SchemaName = "token-rewards.v1";

    /// <summary>The message's payload.</summary>
    public static byte[] Encode(IReadOnlyList<TokenRewardRow> rows) => ArrowStream.Write(SchemaName, rows.Count,
    [
        Texts("rollout_id", rows, r => r.RolloutId),
        Texts("judgement_id", rows, r => r.JudgementId),
        Texts("user", rows, r => r.User),
        Int32Lists("response_ids", rows, r => r.ResponseIds),
        Int32Lists("word_index", rows, r => r.WordIndex),
        Int8Lists("categories", rows, r => Array.ConvertAll(r.Categories, c => (sbyte)c)),
        Int8s("sentence", rows, r => (sbyte)r.Sentence),
        Texts("tokenizer_sha256", rows, r => r.TokenizerSha256),
    ]);

    /// <summary>The rows of a payload.</summary>
    /// <exception cref="FormatException">The payload is not such a stream; one line says what was expected.</exception>
    public static TokenRewardRow[] Decode(ReadOnlyMemory<byte> payload) => ArrowStream.Read(SchemaName, payload, (batch, row) => new TokenRewardRow
    {
        RolloutId = batch.Text("rollout_id", row),
        JudgementId = batch.Text("judgement_id", row),
        User = batch.Text("user", row),
        ResponseIds = batch.List<int>("response_ids", row),
        WordIndex = batch.List<int>("word_index", row),
        Categories = Array.ConvertAll(batch.List<sbyte>("categories", row), Categories.Of),
        Sentence = Categories.Of(batch.Value<sbyte>("sentence", row)),
        TokenizerSha256 = batch.Text("tokenizer_sha256", row),
    });
}
