using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Losses;

/// <summary>The critic's squared error, clipped around its earlier value.</summary>
public static class ValueLoss
{
    /// <summary>
    /// L = ½ · mean over the mask of max((V − R)², (V_old + clip(V − V_old, −c, c) − R)²). With c ≤ 0 nothing is clipped.
    /// </summary>
    /// <param name="newValues">V, with gradients. Any shape, for all four alike.</param>
    /// <param name="oldValues">V_old, at the start of the update.</param>
    /// <param name="returns">R.</param>
    /// <param name="mask">1 on response tokens.</param>
    /// <param name="valueClip">c.</param>
    /// <returns>A scalar and its figures. An empty mask gives 0.</returns>
    public static (Tensor Loss, ValueLossStats Stats) Clipped(Tensor newValues, Tensor oldValues, Tensor returns, Tensor mask, double valueClip)
    {
        var plain = (newValues - returns).Squared();
        if (valueClip <= 0)
        {
            var unclipped = Masked.Mean(plain, mask).Times(0.5);
            return (unclipped, new ValueLossStats(unclipped.Number(), 0));
        }

        var near = oldValues.Plus((newValues - oldValues).Within(-valueClip, valueClip));
        var clipped = (near - returns).Squared();
        var loss = Masked.Mean(maximum(plain, clipped), mask).Times(0.5);
        using var noGradients = no_grad();
        return (loss, new ValueLossStats(loss.Number(), Masked.Mean(clipped.gt(plain).to(newValues.dtype), mask).Number()));
    }
}
