using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Models;

/// <summary>
/// Cosines and sines of rotary position embedding: angle(position, i) = position · θ^(−2i/d), for i below half the head's
/// width d, stretched where the model's positions were. Grows to the longest position asked for.
/// </summary>
internal sealed class RotaryTable(int headWidth, double theta, RopeStretch? stretch, Device device) : IDisposable
{
    private int capacity;
    private Tensor? cos_TE;
    private Tensor? sin_TE;

    /// <summary>Tables for positions 0 … length − 1, shaped [length, 1, d/2] to meet heads in the second place from the end.</summary>
    internal (Tensor Cos, Tensor Sin) First(int length)
    {
        Grow(length);
        return (cos_TE!.narrow(0, 0, length).unsqueeze(1), sin_TE!.narrow(0, 0, length).unsqueeze(1));
    }

    /// <summary>Tables at int64 positions_BT, all below <paramref name="length"/>: [B, T, 1, d/2].</summary>
    internal (Tensor Cos, Tensor Sin) At(Tensor positions_BT, int length)
    {
        Grow(length);
        var shape = positions_BT.shape;
        long[] view = [shape[0], shape[1], 1, headWidth / 2];
        using var flat = positions_BT.reshape(-1);
        return (cos_TE!.index_select(0, flat).view(view), sin_TE!.index_select(0, flat).view(view));
    }

    public void Dispose()
    {
        cos_TE?.Dispose();
        sin_TE?.Dispose();
    }

    private void Grow(int length)
    {
        if (length <= capacity) return;
        Dispose();
        capacity = Math.Max(256, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length));
        using var scope = NewDisposeScope();
        // Whoever asks first may be sampling; what is made in inference mode could not serve training later.
        using var ordinary = inference_mode(false);
        using var noGradients = no_grad();
        var exponents_E = device.Float32s([.. Enumerable.Range(0, headWidth / 2).Select(i => 2f * i / headWidth)]);
        var inverse_E = device.Float32((float)theta).pow(exponents_E).reciprocal();
        if (stretch is not null) inverse_E = device.Float32s([.. inverse_E.ToFloats().Select(frequency => (float)stretch.Of(frequency))]);
        var angle_TE = outer(device.Float32s([.. Enumerable.Range(0, capacity).Select(i => (float)i)]), inverse_E);
        cos_TE = angle_TE.cos().DetachFromDisposeScope();
        sin_TE = angle_TE.sin().DetachFromDisposeScope();
    }
}
