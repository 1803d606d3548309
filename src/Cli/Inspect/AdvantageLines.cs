using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;
using Tppo.Learning.Losses;
using static TorchSharp.torch;

namespace Tppo.Cli.Inspect;

/// <summary>Advantages, losses with gradients and KL estimators of one line, in float64; or the adaptive KL coefficient.</summary>
internal static class AdvantageLines
{
    public static JsonNode? Compute(JsonElement input)
    {
        if (Fields.Has(input, "updates", out var updates)) return AdaptiveCoefficient(input, updates);
        using var scope = NewDisposeScope();
        var grid = Grid.Like(input, "mask");
        var mask_BT = grid.LeftMask("mask");
        var values_BT = grid.Numbers("values");
        var old_BT = grid.Numbers("old_logprobs");
        var reference_BT = grid.Numbers("ref_logprobs");
        var (gamma, lambda) = (Fields.Number(Fields.Of(input, "gamma"), "gamma", 0, 1), Fields.Number(Fields.Of(input, "lambda"), "lambda", 0, 1));
        var (advantages_BT, returns_BT) = AdvantageEstimation.Gae(grid.Numbers("rewards"), values_BT, mask_BT, gamma, lambda);
        var several = mask_BT.sum().ToDouble() > 1;
        var whitened_BT = Whitening.Whiten(advantages_BT, mask_BT);

        var logProbs_BT = grid.Numbers("logprobs").requires_grad_();
        var clip = Fields.Number(Fields.Of(input, "clip"), "clip", 0);
        var (policyLoss, policy) = PolicyLoss.Clipped(logProbs_BT, old_BT, several ? whitened_BT : advantages_BT, mask_BT, clip);
        policyLoss.backward();
        var newValues_BT = grid.Numbers("new_values").requires_grad_();
        var valueClip = Fields.Number(Fields.Of(input, "value_clip"), "value_clip");
        var (valueLoss, value) = ValueLoss.Clipped(newValues_BT, values_BT, returns_BT, mask_BT, valueClip);
        valueLoss.backward();

        var sampled_BT = logProbs_BT.detach();
        return new JsonObject
        {
            ["advantages"] = Numbers.Json(advantages_BT),
            ["returns"] = Numbers.Json(returns_BT),
            ["whitened"] = several ? Numbers.Json(whitened_BT) : null,
            ["policy_loss"] = Numbers.Value(policy.Loss),
            ["policy_clip_fraction"] = Numbers.Value(policy.ClipFraction),
            ["value_loss"] = Numbers.Value(value.Loss),
            ["value_clip_fraction"] = Numbers.Value(value.ClipFraction),
            ["approx_kl_old"] = Numbers.Value(policy.KlToOld),
            ["grad_policy_loss_by_logprobs"] = Numbers.Json(logProbs_BT.grad!),
            ["grad_value_loss_by_new_values"] = Numbers.Json(newValues_BT.grad!),
            ["kl_to_reference"] = new JsonObject
            {
                ["k1"] = Numbers.Json(Kept(KlEstimators.K1(sampled_BT, reference_BT))),
                ["k2"] = Numbers.Json(Kept(KlEstimators.K2(sampled_BT, reference_BT))),
                ["k3"] = Numbers.Json(Kept(KlEstimators.K3(sampled_BT, reference_BT))),
            },
        };

        // 0 on padding whatever is there: a product would keep what is not a number.
        Tensor Kept(Tensor figure_BT) => where(mask_BT.to_type(ScalarType.Bool), figure_BT, zeros_like(figure_BT));
    }

    private static JsonObject AdaptiveCoefficient(JsonElement input, JsonElement updates)
    {
        var beta = Fields.Number(Fields.Of(input, "beta"), "beta", 0);
        var target = Fields.Positive(Fields.Of(input, "target"), "target");
        var horizon = Fields.Positive(Fields.Of(input, "horizon"), "horizon");
        var betas = Fields.List(updates, "updates").Select(
            (u, i) => beta = AdaptiveKl.Next(beta, Of(u, i, "kl"), target, horizon, Of(u, i, "steps")));
        return new JsonObject { ["beta"] = Numbers.Row(betas) };

        static double Of(JsonElement update, int i, string name) =>
            Fields.Number(Fields.Of(update, name), $"updates[{i}].{name}", name == "steps" ? 0 : double.NegativeInfinity);
    }
}
