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
        var grid = Grid.Like(input, "labels");
        var classes = (3, "numbers", "the categories");
        double[] logits = [.. grid.Items("logits").SelectMany((c, i) => Fields.Row(c, $"logits[{i / grid.Columns}][{i % grid.Columns}]", classes))];
        var logits_BT3 = tensor(logits, [grid.Rows, grid.Columns, 3], float64).requires_grad_();
        var given = Fields.Of(input, "class_weights");
        var automatic = given.ValueKind == JsonValueKind.String && given.GetString() == "auto";
        if (!automatic && given.ValueKind != JsonValueKind.Array) throw Fields.Other("class_weights", "\"auto\" or a list", given);
        var weights = automatic ? null : Fields.Row(given, "class_weights", classes);
        var whole = Fields.List(Fields.Of(input, "whole"), "whole", (grid.Rows, "items", "labels"));
        var (total, stats) = TokenRewardLoss.Compute(
            logits_BT3,
            grid.Wholes("labels", most: 2).to_type(int64),
            grid.Flags("keep").to_type(ScalarType.Bool),
            grid.Flags("response").to_type(ScalarType.Bool),
            [.. whole.Select((w, i) => w.ValueKind == JsonValueKind.Null ? Category.None : Categories.Of((sbyte)Fields.Whole(w, $"whole[{i}]", 0, 2)))],
            Fields.Number(Fields.Of(input, "w"), "w", 0, 1),
            classWeights: weights);
        total.backward();
        return new JsonObject
        {
            ["class_weights"] = Numbers.Row(stats.ClassWeights),
            ["local"] = Numbers.Value(stats.Local),
            ["global"] = Numbers.Value(stats.Global),
            ["total"] = Numbers.Value(stats.Total),
            ["grad_total_by_logits"] = Numbers.Json(logits_BT3.grad!),
        };
    }
}
