using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Losses;

// B responses, T tokens.

/// <summary>Generalised advantage estimation over token rewards.</summary>
public static class AdvantageEstimation
{
    /// <summary>
    /// δ_t = r_t + γ V_{t+1} − V_t;  A_t = δ_t + γ λ A_{t+1};  R_t = A_t + V_t, with V and A zero after a response's last token:
    /// a response that was cut at the limit is taken as ended.
    /// </summary>
    /// <remarks>Schulman et al., "High-dimensional continuous control using generalized advantage estimation" (2016), Eq. 16.
    /// λ = 1 gives discounted return − V, λ = 0 the one-step error, γ = 0 reward − V.</remarks>
    /// <param name="rewards_BT">Reward of each token, KL already in it.</param>
    /// <param name="values_BT">Critic's value of the state in which each token is chosen.</param>
    /// <param name="mask_BT">1 on response tokens, which stand at the left; 0 on padding behind them.</param>
    /// <param name="gamma">Discount, 0 to 1.</param>
    /// <param name="lambda">0 to 1.</param>
    /// <returns>Advantages and returns, both 0 where the mask is.</returns>
    public static (Tensor Advantages_BT, Tensor Returns_BT) Gae(Tensor rewards_BT, Tensor values_BT, Tensor mask_BT, double gamma, double lambda)
    {
        var rewards = Masked.Keep(rewards_BT, mask_BT).unbind(1);
        var values = Masked.Keep(values_BT, mask_BT).unbind(1);
        var mask = Masked.As(mask_BT, values_BT).unbind(1);
        var advantages = new Tensor[rewards.Length];
        var nextValue_B = zeros_like(values[0]);
        var nextAdvantage_B = zeros_like(values[0]);
        for (var t = rewards.Length - 1; t >= 0; t--)
        {
            var delta_B = rewards[t].Plus(nextValue_B.Times(gamma)) - values[t];
            nextAdvantage_B = advantages[t] = delta_B.Plus(nextAdvantage_B.Times(gamma * lambda)) * mask[t];
            nextValue_B = values[t];
        }

        var advantages_BT = stack(advantages, 1);
        return (advantages_BT, advantages_BT.Plus(Masked.Keep(values_BT, mask_BT)));
    }
}
