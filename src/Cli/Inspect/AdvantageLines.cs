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
        if (input.TryGetProperty("updates", out var updates)) return AdaptiveCoefficient(input, updates);
        using var scope = NewDisposeScope();
        var mask_BT = Numbers.Grid(input.GetProperty("mask"));
        var values_BT = Numbers.Grid(input.GetProperty("values"));
        var old_BT = Numbers.Grid(input.GetProperty("old_logprobs"));
        var reference_BT = Numbers.Grid(input.GetProperty("ref_logprobs"));
        var (advantages_BT, returns_BT) = AdvantageEstimation.Gae(
            Numbers.Grid(input.GetProperty("rewards")), values_BT, mask_BT, input.GetProperty("gamma").GetDouble(), input.GetProperty("lambda").GetDouble());
        var several = mask_BT.sum().ToDouble() > 1;
        var whitened_BT = Whitening.Whiten(advantages_BT, mask_BT);

        var logProbs_BT = Numbers.Grid(input.GetProperty("logprobs")).requires_grad_();
        var (policyLoss, policy) = PolicyLoss.Clipped(
            logProbs_BT, old_BT, several ? whitened_BT : advantages_BT, mask_BT, input.GetProperty("clip").GetDouble());
        policyLoss.backward();
        var newValues_BT = Numbers.Grid(input.GetProperty("new_values")).requires_grad_();
        var (valueLoss, value) = ValueLoss.Clipped(newValues_BT, values_BT, returns_BT, mask_BT, input.GetProperty("value_clip").GetDouble());
        valueLoss.backward();

        var sampled_BT = logProbs_BT.detach();
        return new JsonObject
        {
            ["advantages"] = Numbers.Json(advantages_BT),
            ["returns"] = Numbers.Json(returns_BT),
            ["whitened"] = several ? Numbers.Json(whitened_BT) : null,
            ["policy_loss"] = policy.Loss,
            ["policy_clip_fraction"] = policy.ClipFraction,
            ["value_loss"] = value.Loss,
            ["value_clip_fraction"] = value.ClipFraction,
            ["approx_kl_old"] = policy.KlToOld,
            ["grad_policy_loss_by_logprobs"] = Numbers.Json(logProbs_BT.grad!),
            ["grad_value_loss_by_new_values"] = Numbers.Json(newValues_BT.grad!),
            ["kl_to_reference"] = new JsonObject
            {
                ["k1"] = Numbers.Json(KlEstimators.K1(sampled_BT, reference_BT) * mask_BT),
                ["k2"] = Numbers.Json(KlEstimators.K2(sampled_BT, reference_BT) * mask_BT),
                ["k3"] = Numbers.Json(KlEstimators.K3(sampled_BT, reference_BT) * mask_BT),
            },
        };
    }

    private static JsonObject AdaptiveCoefficient(JsonElement input, JsonElement updates)
    {
        var beta = input.GetProperty("beta").GetDouble();
        var (target, horizon) = (input.GetProperty("target").GetDouble(), input.GetProperty("horizon").GetDouble());
        var betas = updates.EnumerateArray().Select(
            u => beta = AdaptiveKl.Next(beta, u.GetProperty("kl").GetDouble(), target, horizon, u.GetProperty("steps").GetDouble()));
        return new JsonObject { ["beta"] = Numbers.Row(betas) };
    }
}
