using Tppo.Core.Rollouts;
using static Tppo.Streaming.Codecs.ArrowColumn;

namespace Tppo.Streaming.Codecs;

/// <summary>Rollouts as one complete Arrow IPC stream: no dictionaries, no nulls, equal rows give equal bytes.</summary>
public static class RolloutCodec
{
    private const string SchemaName = "rollouts.v1";

    /// <summary>The message's payload.</summary>
    public static byte[] Encode(IReadOnlyList<RolloutRow> rows) => ArrowStream.Write(SchemaName, rows.Count,
    [
        Texts("rollout_id", rows, r => r.RolloutId),
        Texts("window_id", rows, r => r.WindowId),
        Texts("user", rows, r => r.User),
        Texts("purpose", rows, r => r.Purpose),
        Texts("policy_version", rows, r => r.PolicyVersion),
        Int32s("sample", rows, r => r.Sample),
        Int64s("seed", rows, r => r.Seed),
        Int32Lists("prompt_ids", rows, r => r.PromptIds),
        Int32Lists("response_ids", rows, r => r.ResponseIds),
        FloatLists("logprobs", rows, r => r.LogProbs),
        Int32Lists("byte_starts", rows, r => r.ByteStarts),
        Int32Lists("byte_ends", rows, r => r.ByteEnds),
        Texts("response", rows, r => r.Response),
        Flags("finished", rows, r => r.Finished),
    ]);

    /// <summary>The rows of a payload.</summary>
    /// <exception cref="FormatException">The payload is not such a stream; one line says what was expected.</exception>
    public static RolloutRow[] Decode(ReadOnlyMemory<byte> payload) => ArrowStream.Read(SchemaName, payload, (batch, row) => new RolloutRow
    {
        RolloutId = batch.Text("rollout_id", row),
        WindowId = batch.Text("window_id", row),
        User = batch.Text("user", row),
        Purpose = batch.Text("purpose", row),
        PolicyVersion = batch.Text("policy_version", row),
        Sample = batch.Value<int>("sample", row),
        Seed = batch.Value<long>("seed", row),
        PromptIds = batch.List<int>("prompt_ids", row),
        ResponseIds = batch.List<int>("response_ids", row),
        LogProbs = batch.List<float>("logprobs", row),
        ByteStarts = batch.List<int>("byte_starts", row),
        ByteEnds = batch.List<int>("byte_ends", row),
        Response = batch.Text("response", row),
        Finished = batch.Flag("finished", row),
    });
}
