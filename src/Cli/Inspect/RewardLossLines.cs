using System.Text.Json;
using System.Text.Json.Nodes;
using Tppo.Core.Judging;
using Tppo.Learning.Losses;
using static TorchSharp.torch;

namespace Tppo.Cli.Inspect;

/// <summary>The reward model's losses of one line, with the gradient of their total, in float64.</summary>
internal static class RewardLossLines
{
    public static JsonNode? Compute(JsonElement input)
    {
        using var scope = NewDisposeScope();
        var rows = input.GetProperty("logits").EnumerateArray().Select(r => r.EnumerateArray().Select(Numbers.Row).ToList()).ToList();
        var logits_BT3 = tensor([.. rows.SelectMany(r => r).SelectMany(c => c)], [rows.Count, rows[0].Count, 3], float64).requires_grad_();
        var weights = input.GetProperty("class_weights") is { ValueKind: JsonValueKind.Array } given ? Numbers.Row(given) : null;
        var (total, stats) = TokenRewardLoss.Compute(
            logits_BT3,
            Numbers.Grid(input.GetProperty("labels")).to_type(int64),
            Numbers.Grid(input.GetProperty("keep")).to_type(ScalarType.Bool),
            Numbers.Grid(input.GetProperty("response")).to_type(ScalarType.Bool),
            [.. input.GetProperty("whole").EnumerateArray().Select(w => w.ValueKind == JsonValueKind.Null ? Category.None : Categories.Of(w.GetSByte()))],
            input.GetProperty("w").GetDouble(),
            classWeights: weights);
        total.backward();
        return new JsonObject
        {
            ["class_weights"] = Numbers.Row(stats.ClassWeights),
            ["local"] = stats.Local,
            ["global"] = stats.Global,
            ["total"] = stats.Total,
            ["grad_total_by_logits"] = Numbers.Json(logits_BT3.grad!),
        };
    }
}
